import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { findKey, lockKey } from "./find.ts";
import { viewOf } from "./view.ts";

/**
 * Ends the grace of a key whose place another has taken: once this has answered no gateway admits a call with it
 * (reliability K2). Throws `not_found`; `conflict` where none has taken its place.
 */
export async function endGrace({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ApiKeyView> {
  const { workspaceId } = requireActor(ctx);
  const { id } = input;
  const now = ctx.now();
  const view = await inTransaction(ctx, async (tx) => {
    const before = await lockKey(tx, { id, workspaceId });
    if (!before.graceUntil) throw new AppError("conflict", "No other key has taken this one's place.");
    if (before.graceUntil <= now) return viewOf(before, now);
    await tx.apiKey.update({ where: { id }, data: { graceUntil: now } });
    await recordAudit(tx, ctx, { action: "api_key.end_grace", targetType: "api_key", targetId: id, workspaceId });
    return viewOf(await findKey(tx, { id, workspaceId }), now);
  });
  await awaitGateways(ctx.db, "keys");
  return view;
}
