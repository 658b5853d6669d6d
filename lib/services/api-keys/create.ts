import type { z } from "zod";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import type { CreatedApiKey, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { expiryOf } from "./expiry.ts";
import { findKey } from "./find.ts";
import { limitColumns, writeLists } from "./limits.ts";
import { viewOf } from "./view.ts";

/** Makes a key and returns it, this one time, once it can be called with; only its SHA-256 is kept. `invalid_value` where the expiry has passed, or an address is none. */
export async function createApiKey({ ctx, input }: { ctx: Context; input: z.output<typeof createApiKeyInput> }): Promise<CreatedApiKey> {
  const { userId, workspaceId } = requireActor(ctx);
  const now = ctx.now();
  const expiresAt = expiryOf(input.expiresAt, now);
  const limits = input.limits && limitColumns(input.limits);
  const key = newApiKey();
  const id = newId("key");
  const { name } = input;
  const created = await inTransaction(ctx, async (tx) => {
    await tx.apiKey.create({
      data: { id, workspaceId, userId, name, hash: hashApiKey(key), masked: maskApiKey(key), createdAt: now, expiresAt, ...limits },
    });
    if (input.limits) await writeLists(tx, id, input.limits);
    const data = { name, expiresAt: expiresAt?.toISOString() ?? null, ...(input.limits ? { limits: input.limits } : {}) };
    await recordAudit(tx, ctx, { action: "api_key.create", targetType: "api_key", targetId: id, workspaceId, data });
    return { ...viewOf(await findKey(tx, { id, workspaceId }), now), key };
  });
  await tellGateways(ctx.db, "keys");
  return created;
}
