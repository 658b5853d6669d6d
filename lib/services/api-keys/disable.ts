import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { awaitGateways, tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { findKey, lockKey } from "./find.ts";
import { viewOf } from "./view.ts";

/**
 * Switches a key off: once this has answered no gateway admits a call with it (reliability K2). Off already, nothing
 * more happens. `not_found` for another's, or a deleted one.
 */
export async function disableApiKey({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ApiKeyView> {
  const view = await setDisabled(ctx, input.id, true);
  await awaitGateways(ctx.db, "keys");
  return view;
}

/** Switches a key on again; it works as soon as this has answered. */
export async function enableApiKey({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ApiKeyView> {
  const view = await setDisabled(ctx, input.id, false);
  await tellGateways(ctx.db, "keys");
  return view;
}

function setDisabled(ctx: Context, id: string, disabled: boolean): Promise<ApiKeyView> {
  const { workspaceId } = requireActor(ctx);
  const now = ctx.now();
  return inTransaction(ctx, async (tx) => {
    const before = await lockKey(tx, { id, workspaceId });
    if ((before.disabledAt !== null) === disabled) return viewOf(before, now);
    await tx.apiKey.update({ where: { id }, data: { disabledAt: disabled ? now : null } });
    const action = disabled ? "api_key.disable" : "api_key.enable";
    await recordAudit(tx, ctx, { action, targetType: "api_key", targetId: id, workspaceId });
    return viewOf(await findKey(tx, { id, workspaceId }), now);
  });
}
