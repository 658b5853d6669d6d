import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireOperator } from "../context.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { wantAll } from "./wanted.ts";

/**
 * Takes an endpoint from its service and throws its credential away; with the last one the service stops. Calls that run
 * there go on; once it answers, no gateway sends another. For operators. Throws `not_found`.
 */
export async function removeUpstream({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireOperator(ctx);
  const { id } = input;
  await inTransaction(ctx, async (tx) => {
    const found = await tx.upstreamEndpoint.findFirst({
      where: { id, enabled: true },
      select: { serviceId: true, url: true, upstreamModel: true },
    });
    if (!found)
      throw new AppError("not_found", "There is no such upstream. `hydra upstreams list` shows those there are.", { param: "id" });
    const { serviceId, url, upstreamModel } = found;
    // Locks the service, so that two removals at once count one after the other.
    await tx.$queryRaw`SELECT 1 FROM "model_services" WHERE "id" = ${serviceId} FOR NO KEY UPDATE`;
    const before = await tx.upstreamEndpoint.count({ where: { serviceId, enabled: true } });
    const { count } = await tx.upstreamEndpoint.updateMany({
      where: { id, enabled: true },
      data: { enabled: false, credentialCipher: null, updatedAt: ctx.now() },
    });
    if (count === 0) return;
    await wantAll(tx, ctx, serviceId, before);
    const data = { serviceId, url, upstreamModel };
    await recordAudit(tx, ctx, { action: "upstream.remove", targetType: "upstream", targetId: id, workspaceId: null, data });
  });
  await awaitGateways(ctx.db, "catalog");
}
