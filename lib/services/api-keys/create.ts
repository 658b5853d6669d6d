import type { z } from "zod";
import { isAddressRange } from "#lib/address-ranges.ts";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import type { ApiKeyLimits, CreatedApiKey, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { viewOf } from "./view.ts";

/** Makes a key and returns it, this one time, once it can be called with; only its SHA-256 is kept. `invalid_value` where the expiry has passed, or an address is none. */
export async function createApiKey({ ctx, input }: { ctx: Context; input: z.output<typeof createApiKeyInput> }): Promise<CreatedApiKey> {
  const { userId, workspaceId } = requireActor(ctx);
  const now = ctx.now();
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= now) throw new AppError("invalid_value", "The expiry must lie in the future.", { param: "expiresAt" });
  const limits = input.limits && limitColumns(input.limits);
  const key = newApiKey();
  const id = newId("key");
  const { name } = input;
  const created = await inTransaction(ctx, async (tx) => {
    const row = await tx.apiKey.create({
      data: { id, workspaceId, userId, name, hash: hashApiKey(key), masked: maskApiKey(key), createdAt: now, expiresAt, ...limits },
    });
    const data = { name, expiresAt: expiresAt?.toISOString() ?? null, ...(input.limits ? { limits: input.limits } : {}) };
    await recordAudit(tx, ctx, { action: "api_key.create", targetType: "api_key", targetId: id, workspaceId, data });
    return { ...viewOf(row, now), key };
  });
  await tellGateways(ctx.db, "keys");
  return created;
}

function limitColumns({ budgetDayNano, budgetMonthNano, allowedModels, allowedAddresses, ...counts }: ApiKeyLimits) {
  const index = allowedAddresses?.findIndex((address) => !isAddressRange(address)) ?? -1;
  if (index !== -1) {
    throw new AppError("invalid_value", "An allowed address must be an IP address such as 203.0.113.7, or a range such as 10.0.0.0/8.", {
      param: `limits.allowedAddresses[${index}]`,
    });
  }
  return {
    ...counts,
    budgetDayNano: budgetDayNano === null ? null : BigInt(budgetDayNano),
    budgetMonthNano: budgetMonthNano === null ? null : BigInt(budgetMonthNano),
    // Left out, a list is null in the database: all.
    ...(allowedModels ? { allowedModels } : {}),
    ...(allowedAddresses ? { allowedAddresses } : {}),
  };
}
