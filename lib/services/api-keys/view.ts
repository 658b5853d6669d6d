import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
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
    status: row.expiresAt && row.expiresAt <= now ? "expired" : "active",
  };
}
