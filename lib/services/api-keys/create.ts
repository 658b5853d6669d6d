import type { z } from "zod";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import type { CreatedApiKey, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { viewOf } from "./view.ts";

/** Makes a key and returns it, this one time; only its SHA-256 is kept. `invalid_value` where the expiry has passed. */
export async function createApiKey({ ctx, input }: { ctx: Context; input: z.output<typeof createApiKeyInput> }): Promise<CreatedApiKey> {
  const { userId, workspaceId } = requireActor(ctx);
  const now = ctx.now();
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= now) throw new AppError("invalid_value", "The expiry must lie in the future.", { param: "expiresAt" });
  const key = newApiKey();
  const id = newId("key");
  const { name } = input;
  return inTransaction(ctx, async (tx) => {
    const row = await tx.apiKey.create({
      data: { id, workspaceId, userId, name, hash: hashApiKey(key), masked: maskApiKey(key), createdAt: now, expiresAt },
    });
    const data = { name, expiresAt: expiresAt?.toISOString() ?? null };
    await recordAudit(tx, ctx, { action: "api_key.create", targetType: "api_key", targetId: id, workspaceId, data });
    return { ...viewOf(row, now), key };
  });
}
