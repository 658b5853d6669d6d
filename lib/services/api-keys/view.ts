import type { ApiKeyLimits, ApiKeyView } from "#lib/contracts/api-keys.ts";
import type { ApiKey } from "#prisma/generated/client.ts";

/** A key as lists show it: never the key itself. */
export function viewOf(row: ApiKey, now: Date): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    masked: row.masked,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    limits: limitsOf(row),
    status: row.expiresAt && row.expiresAt <= now ? "expired" : "active",
  };
}

function limitsOf(row: ApiKey): ApiKeyLimits {
  const { requestsPerMinute, tokensPerMinute, concurrency, budgetDayNano, budgetMonthNano, allowedModels, allowedAddresses } = row;
  return {
    requestsPerMinute,
    tokensPerMinute,
    concurrency,
    budgetDayNano: budgetDayNano?.toString() ?? null,
    budgetMonthNano: budgetMonthNano?.toString() ?? null,
    // Prisma reads null as an empty list, which the database does not allow.
    allowedModels: allowedModels.length > 0 ? allowedModels : null,
    allowedAddresses: allowedAddresses.length > 0 ? allowedAddresses : null,
  };
}
