import { type AddedUpstream, type AddUpstreamInput, addUpstreamInput } from "#lib/contracts/upstreams.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { credentialBox, type SecretBox, SecretBoxError } from "#lib/secret-box.ts";
import type { UpstreamEndpoint } from "#prisma/generated/client.ts";
import { recordAudit } from "../audit/record.ts";
import { currentTokenPrices } from "../catalog/current-prices.ts";
import { type Context, requireOperator } from "../context.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { baseUrl } from "./base-url.ts";
import { lockModel, publicService } from "./place.ts";
import { viewInclude, viewOf } from "./view.ts";
import { wantAll } from "./wanted.ts";

/**
 * Gives the public service of a model one more endpoint, or changes the one with the same address and model name; makes the
 * service where there is none. The credential is kept sealed with `secret`, the installation's own, and told to nobody
 * again. Answers once every gateway calls by it. For operators. Throws `not_found`, `invalid_value` and `conflict`.
 */
export async function addUpstream(args: { ctx: Context; secret: string; input: AddUpstreamInput }): Promise<AddedUpstream> {
  const { ctx } = args;
  requireOperator(ctx);
  const input = addUpstreamInput.parse(args.input);
  const url = baseUrl(input.url);
  const box = credentialBox(args.secret);
  const { id, ...made } = await inTransaction(ctx, async (tx) => {
    const model = await lockModel(tx, input.model);
    const service = await publicService(tx, ctx, model);
    // A removal at the same time counts before it or after it. Not FOR UPDATE: rows that refer to it, usage say, are written on.
    await tx.$queryRaw`SELECT 1 FROM "model_services" WHERE "id" = ${service.id} FOR NO KEY UPDATE`;
    await checkSecret(tx, box);
    const known = await tx.upstreamEndpoint.findFirst({
      where: { serviceId: service.id, url, upstreamModel: input.upstreamModel, enabled: true },
    });
    const before = await tx.upstreamEndpoint.count({ where: { serviceId: service.id, enabled: true } });
    const endpointId = known ? await change(tx, ctx, known, input, box) : await create(tx, ctx, { serviceId: service.id, url, input, box });
    if (!known && !service.created) await wantAll(tx, ctx, service.id, before);
    return { id: endpointId, modelId: model.id, created: known === null, serviceCreated: service.created };
  });
  await awaitGateways(ctx.db, "catalog");
  const row = await ctx.db.upstreamEndpoint.findUniqueOrThrow({
    where: { id },
    include: { ...viewInclude, service: { select: { ...viewInclude.service.select, model: { select: { kind: true } } } } },
  });
  const price = (await currentTokenPrices(ctx.db, ctx.now())).get(made.modelId);
  const priced = price !== undefined && (row.service.model.kind !== "image_generation" || price.imageNano !== null);
  return { upstream: viewOf(row), created: made.created, serviceCreated: made.serviceCreated, priced };
}

/** Sealed with a secret that gateway and deployer do not have, a credential would be lost: what they can open, this one must open too. */
async function checkSecret(tx: DbLike, box: SecretBox): Promise<void> {
  const sealed = await tx.upstreamEndpoint.findFirst({
    where: { credentialCipher: { not: null } },
    orderBy: { updatedAt: "desc" },
    select: { id: true, credentialCipher: true },
  });
  if (!sealed?.credentialCipher) return;
  try {
    box.open(sealed.credentialCipher, sealed.id);
  } catch (cause) {
    if (!(cause instanceof SecretBoxError)) throw cause;
    const message =
      "The credentials that are kept here were sealed with another HYDRA_SECRET. Set the one that gateway and deployer run with; if it is lost, remove every upstream and add them again.";
    throw new AppError("conflict", message, { cause });
  }
}

interface NewEndpoint {
  serviceId: string;
  url: string;
  input: AddUpstreamInput;
  box: SecretBox;
}

async function create(tx: DbLike, ctx: Context, { serviceId, url, input, box }: NewEndpoint): Promise<string> {
  const id = newId("ups");
  const { upstreamModel, credential = null, weight = 1, maxConcurrency = null, probePath = null } = input;
  const at = ctx.now();
  await tx.upstreamEndpoint.create({
    data: {
      ...{ id, serviceId, url, upstreamModel, weight, maxConcurrency, probePath, createdAt: at, updatedAt: at },
      credentialCipher: credential === null ? null : box.seal(credential, id),
      createdById: ctx.cli ? null : (ctx.actor?.userId ?? null),
    },
  });
  const data = { serviceId, url, upstreamModel, weight, maxConcurrency, probePath, credential: credential === null ? "none" : "set" };
  await recordAudit(tx, ctx, { action: "upstream.add", targetType: "upstream", targetId: id, workspaceId: null, data });
  return id;
}

async function change(tx: DbLike, ctx: Context, known: UpstreamEndpoint, input: AddUpstreamInput, box: SecretBox): Promise<string> {
  const { weight = known.weight, maxConcurrency = known.maxConcurrency, probePath = known.probePath, credential } = input;
  const sealed = credential === undefined ? {} : { credentialCipher: credential === null ? null : box.seal(credential, known.id) };
  await tx.upstreamEndpoint.update({
    where: { id: known.id },
    data: { weight, maxConcurrency, probePath, ...sealed, updatedAt: ctx.now() },
  });
  // What was wrong with it may be right now: it is tried at once.
  await tx.instance.updateMany({
    where: { upstreamEndpointId: known.id, state: "backoff" },
    data: { failures: 0, retryAt: null },
  });
  const said = credential === undefined ? "kept" : credential === null ? "none" : "replaced";
  const data = { serviceId: known.serviceId, weight, maxConcurrency, probePath, credential: said };
  await recordAudit(tx, ctx, { action: "upstream.change", targetType: "upstream", targetId: known.id, workspaceId: null, data });
  return known.id;
}
