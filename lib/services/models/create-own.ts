import type { CreateOwnModelInput, ModelDetail } from "#lib/contracts/models.ts";
import { AppError } from "#lib/errors.ts";
import type { Hubs } from "#lib/hub/hubs.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { getModel } from "./get.ts";
import { hubModel } from "./hub-facts.ts";
import { insertModel } from "./own-model.ts";

/** Workspaces that a hub is being asked for: what one of them can make this process fetch is one header at a time. */
const asking = new Set<string>();

/** Enough for any workspace; each costs a look at a hub and rows for good. */
const mostOwnModels = 100;

/**
 * Adds a model of the caller's workspace from a repository of a model hub: it alone sees the model and may deploy it, as a
 * dedicated service. Nothing is downloaded yet but the header. Throws `invalid_value` with the member that is wrong,
 * `conflict` (too many), `too_many_attempts` (one is being added already), `upstream_error`.
 */
export async function createOwnModel({ ctx, input, hubs }: { ctx: Context; input: CreateOwnModelInput; hubs: Hubs }): Promise<ModelDetail> {
  const { workspaceId, role } = requireActor(ctx);
  await requireRoom(ctx, workspaceId);
  const { facts, weights } = await alone(workspaceId, () => hubModel(hubs[input.hub], input, role === "operator"));
  const slug = await inTransaction(ctx, async (tx) => {
    const model = await insertModel(tx, workspaceId, facts, weights);
    const data = { slug: model.slug, hub: input.hub, repository: input.repository };
    await recordAudit(tx, ctx, { action: "model.create", targetType: "model", targetId: model.id, workspaceId, data });
    return model.slug;
  });
  return getModel({ ctx, input: { slug } });
}

async function alone<Result>(workspaceId: string, ask: () => Promise<Result>): Promise<Result> {
  if (asking.has(workspaceId)) {
    throw new AppError("too_many_attempts", "You are adding a model already. Wait until that is done.", {
      retryAfterSeconds: 5,
      data: { minutes: 1 },
    });
  }
  asking.add(workspaceId);
  try {
    return await ask();
  } finally {
    asking.delete(workspaceId);
  }
}

async function requireRoom(ctx: Context, workspaceId: string): Promise<void> {
  if ((await ctx.db.model.count({ where: { workspaceId, deletedAt: null } })) < mostOwnModels) return;
  throw new AppError("conflict", `You have ${mostOwnModels} models of your own, which is the most. Delete one first.`, {
    data: { reason: "too_many", count: mostOwnModels },
  });
}
