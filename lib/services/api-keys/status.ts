import type { ApiKeyStatus } from "#lib/contracts/api-keys.ts";
import type { Prisma } from "#prisma/generated/client.ts";

/** What decides whether a key works. */
export interface KeyLife {
  expiresAt: Date | null;
  disabledAt: Date | null;
  graceUntil: Date | null;
}

export function statusOf({ expiresAt, disabledAt, graceUntil }: KeyLife, now: Date): ApiKeyStatus {
  if (disabledAt) return "disabled";
  if ((expiresAt && expiresAt <= now) || (graceUntil && graceUntil <= now)) return "expired";
  return graceUntil ? "retiring" : "active";
}

/** The rows whose {@link statusOf} this is. */
export function withStatus(status: ApiKeyStatus, now: Date): Prisma.ApiKeyWhereInput {
  const unexpired = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const filters: Record<ApiKeyStatus, Prisma.ApiKeyWhereInput> = {
    disabled: { disabledAt: { not: null } },
    expired: { disabledAt: null, OR: [{ expiresAt: { lte: now } }, { graceUntil: { lte: now } }] },
    retiring: { disabledAt: null, graceUntil: { gt: now }, AND: [unexpired] },
    active: { disabledAt: null, graceUntil: null, AND: [unexpired] },
  };
  return filters[status];
}
