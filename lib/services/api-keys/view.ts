import type { ApiKeyLimits, ApiKeyView } from "#lib/contracts/api-keys.ts";
import type { ApiKey } from "#prisma/generated/client.ts";
import { statusOf } from "./status.ts";

interface OtherKey {
  id: string;
  masked: string;
  revokedAt: Date | null;
}
export type KeyRow = ApiKey & { rotatedFrom: OtherKey | null; rotatedTo: OtherKey | null };

const otherKey = { select: { id: true, masked: true, revokedAt: true } } as const;
/** What {@link viewOf} needs beside the key's own columns. */
export const withRotation = { rotatedFrom: otherKey, rotatedTo: otherKey } as const;

/** A key as lists show it: never the key itself. */
export function viewOf(row: KeyRow, now: Date): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    masked: row.masked,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    status: statusOf(row, now),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    graceUntil: row.graceUntil?.toISOString() ?? null,
    replacedBy: otherOf(row.rotatedTo),
    replaces: otherOf(row.rotatedFrom),
    limits: limitsOf(row),
  };
}

function otherOf(key: OtherKey | null): ApiKeyView["replacedBy"] {
  return key && !key.revokedAt ? { id: key.id, masked: key.masked } : null;
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
