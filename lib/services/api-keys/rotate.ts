import type { z } from "zod";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import type { CreatedApiKey, rotateApiKeyInput } from "#lib/contracts/api-keys.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { awaitGateways, tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { expiryOf } from "./expiry.ts";
import { findKey, lockKey } from "./find.ts";
import { statusOf } from "./status.ts";
import { type KeyRow, viewOf } from "./view.ts";

const minuteMs = 60_000;

/**
 * Makes a key with the name and limits of another and returns it, this one time; the other works on until its grace ends.
 * Throws `not_found`; `conflict` where the key does not work itself, or another has taken its place already.
 */
export async function rotateApiKey({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string } & z.output<typeof rotateApiKeyInput>;
}): Promise<CreatedApiKey> {
  const { workspaceId } = requireActor(ctx);
  const now = ctx.now();
  const expiresAt = expiryOf(input.expiresAt, now);
  const key = newApiKey();
  const id = newId("key");
  const created = await inTransaction(ctx, async (tx) => {
    const old = await lockKey(tx, { id: input.id, workspaceId });
    const status = statusOf(old, now);
    if (status !== "active") throw new AppError("conflict", reasons[status], { data: { status } });
    const graceUntil = new Date(now.getTime() + input.graceMinutes * minuteMs);
    await insertSuccessor(tx, ctx, old, { id, key, expiresAt });
    await tx.apiKey.update({ where: { id: old.id }, data: { graceUntil } });
    const data = { to: id, graceUntil: graceUntil.toISOString() };
    await recordAudit(tx, ctx, { action: "api_key.rotate", targetType: "api_key", targetId: old.id, workspaceId, data });
    return { ...viewOf(await findKey(tx, { id, workspaceId }), now), key };
  });
  await (input.graceMinutes === 0 ? awaitGateways : tellGateways)(ctx.db, "keys");
  return created;
}

const reasons = {
  retiring: "Another key has taken this one's place already. Rotate that one.",
  disabled: "This key is disabled. Enable it before you rotate it, or create another.",
  expired: "This key has expired. Create another.",
} as const;

async function insertSuccessor(
  tx: DbLike,
  ctx: Context,
  old: KeyRow,
  { id, key, expiresAt }: { id: string; key: string; expiresAt: Date | null },
): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  const { name, requestsPerMinute, tokensPerMinute, concurrency, budgetDayNano, budgetMonthNano } = old;
  const limits = { requestsPerMinute, tokensPerMinute, concurrency, budgetDayNano, budgetMonthNano };
  const rest = { hash: hashApiKey(key), masked: maskApiKey(key), createdAt: ctx.now(), expiresAt, rotatedFromId: old.id };
  await tx.apiKey.create({ data: { id, workspaceId, userId, name, ...limits, ...rest } });
  // The lists as they stand, null included, which Prisma cannot write.
  await tx.$executeRaw`
    UPDATE "api_keys" k SET "allowedModels" = o."allowedModels", "allowedAddresses" = o."allowedAddresses"
    FROM "api_keys" o WHERE k."id" = ${id} AND o."id" = ${old.id}`;
}
