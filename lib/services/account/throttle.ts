import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";

/** Failures allowed in a window, for one account and for one address. */
export const maxFailures = 10;
export const windowMs = 15 * 60_000;

export interface Attempt {
  /** Which door. */
  scope: "sign-in" | "sign-up" | "reset" | "identity";
  /** Lower-case email; null where the account plays no part. */
  account: string | null;
  /** Where the request came from; empty where that is unknown. */
  address: string;
}

/**
 * Counts an attempt as failed before it is made, so that attempts at the same moment cannot slip past the limit
 * together; {@link forgive} takes it back. Throws `too_many_attempts` where the account or the address has no attempt left
 * in its window.
 */
export async function reserveAttempt(ctx: Context, attempt: Attempt, most: number = maxFailures): Promise<void> {
  const now = ctx.now();
  await inTransaction(ctx, async (tx) => {
    // Accounts before addresses, in every transaction, so that two never wait on each other.
    for (const subject of subjectsOf(attempt)) await reserve(tx, { scope: attempt.scope, subject, most }, now);
  });
}

/** After a success: the account starts afresh, the address gets its one attempt back. Sweeps windows that have ended. */
export async function forgive(ctx: Context, { scope, account, address }: Attempt): Promise<void> {
  if (account !== null) await ctx.db.authAttempt.deleteMany({ where: { scope, subject: accountSubject(account) } });
  if (address !== "") {
    await ctx.db.authAttempt.updateMany({
      where: { scope, subject: addressSubject(address), failures: { gt: 0 } },
      data: { failures: { decrement: 1 } },
    });
  }
  await ctx.db.$executeRaw`
    DELETE FROM "auth_attempts" WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM "auth_attempts" WHERE "windowEnd" <= ${ctx.now()} LIMIT 100 FOR UPDATE SKIP LOCKED))`;
}

async function reserve(tx: DbLike, { scope, subject, most }: { scope: string; subject: string; most: number }, now: Date): Promise<void> {
  const windowEnd = new Date(now.getTime() + windowMs);
  const counted = await tx.$executeRaw`
    INSERT INTO "auth_attempts" AS a ("scope", "subject", "failures", "windowEnd") VALUES (${scope}, ${subject}, 1, ${windowEnd})
    ON CONFLICT ("scope", "subject") DO UPDATE SET
      "failures" = CASE WHEN a."windowEnd" <= ${now} THEN 1 ELSE a."failures" + 1 END,
      "windowEnd" = CASE WHEN a."windowEnd" <= ${now} THEN ${windowEnd} ELSE a."windowEnd" END
    WHERE a."windowEnd" <= ${now} OR a."failures" < ${most}`;
  if (counted > 0) return;
  const full = await tx.authAttempt.findUnique({ where: { scope_subject: { scope, subject } }, select: { windowEnd: true } });
  const leftMs = (full?.windowEnd ?? windowEnd).getTime() - now.getTime();
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1_000));
  throw new AppError("too_many_attempts", `Too many failed attempts. Try again in ${Math.ceil(retryAfterSeconds / 60)} min.`, {
    retryAfterSeconds,
    data: { minutes: Math.ceil(retryAfterSeconds / 60) },
  });
}

function subjectsOf({ account, address }: Attempt): string[] {
  return [...(account === null ? [] : [accountSubject(account)]), ...(address === "" ? [] : [addressSubject(address)])];
}

function accountSubject(account: string): string {
  return `account:${account}`;
}

function addressSubject(address: string): string {
  return `address:${address}`;
}
