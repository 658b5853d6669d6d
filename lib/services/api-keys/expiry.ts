import { AppError } from "#lib/errors.ts";

/** The moment that a key's expiry names; null: never. `invalid_value` where it has passed. */
export function expiryOf(expiresAt: string | null, now: Date): Date | null {
  if (expiresAt === null) return null;
  const moment = new Date(expiresAt);
  if (moment <= now) throw new AppError("invalid_value", "The expiry must lie in the future.", { param: "expiresAt" });
  return moment;
}
