import type { z } from "zod";
import type { ApiKeyView, updateApiKeyInput } from "#lib/contracts/api-keys.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { expiryOf } from "./expiry.ts";
import { findKey, lockKey } from "./find.ts";
import { limitColumns, writeLists } from "./limits.ts";
import { viewOf } from "./view.ts";

/**
 * Changes a key's name, expiry or limits; what is left out stays. Once this has answered, no gateway admits a call by
 * what stood before (reliability K2). Throws `not_found`, and `invalid_value` as creating does.
 */
export async function updateApiKey({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string } & z.output<typeof updateApiKeyInput>;
}): Promise<ApiKeyView> {
  const { workspaceId } = requireActor(ctx);
  const { id, name, limits } = input;
  const now = ctx.now();
  const changed = await inTransaction(ctx, async (tx) => {
    const before = await lockKey(tx, { id, workspaceId });
    // An expiry that stays may have passed meanwhile; that must not keep anybody from changing the name.
    const same = input.expiresAt === undefined || input.expiresAt === (before.expiresAt?.toISOString() ?? null);
    const expiresAt = same ? before.expiresAt : expiryOf(input.expiresAt ?? null, now);
    await tx.apiKey.update({ where: { id }, data: { ...(name ? { name } : {}), expiresAt, ...(limits ? limitColumns(limits) : {}) } });
    if (limits) await writeLists(tx, id, limits);
    const data = {
      ...(name && name !== before.name ? { name: { from: before.name, to: name } } : {}),
      ...(same ? {} : { expiresAt: expiresAt?.toISOString() ?? null }),
      ...(limits ? { limits } : {}),
    };
    await recordAudit(tx, ctx, { action: "api_key.update", targetType: "api_key", targetId: id, workspaceId, data });
    return viewOf(await findKey(tx, { id, workspaceId }), now);
  });
  await awaitGateways(ctx.db, "keys");
  return changed;
}
