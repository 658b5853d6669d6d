import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { keyNotFound } from "./find.ts";

/**
 * Deletes a key for good; its row stays, so that usage can name it. Once this has answered no gateway admits a call with it
 * (reliability K2): milliseconds as a rule, up to 46 s while a gateway is cut off from the database. `not_found` for another's,
 * or one deleted before.
 */
export async function removeApiKey({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  const { workspaceId } = requireActor(ctx);
  const { id } = input;
  await inTransaction(ctx, async (tx) => {
    const { count } = await tx.apiKey.updateMany({ where: { id, workspaceId, revokedAt: null }, data: { revokedAt: ctx.now() } });
    if (count === 0) throw keyNotFound();
    await recordAudit(tx, ctx, { action: "api_key.delete", targetType: "api_key", targetId: id, workspaceId });
  });
  await awaitGateways(ctx.db, "keys");
}
