import type { DbLike } from "#lib/db/client.ts";
import type { Context } from "./context.ts";

/** Runs `work` in one transaction: it happens whole or not at all. Waits up to 10 s for a free connection, and takes up to 15 s. */
export function inTransaction<Result>(ctx: Pick<Context, "db">, work: (tx: DbLike) => Promise<Result>): Promise<Result> {
  return ctx.db.$transaction(work, { maxWait: 10_000, timeout: 15_000 });
}

/** Reads that must agree with each other: all of them see the database as it stood at the first. */
export function atOneMoment<Result>(ctx: Pick<Context, "db">, read: (tx: DbLike) => Promise<Result>): Promise<Result> {
  return ctx.db.$transaction(read, { isolationLevel: "RepeatableRead", maxWait: 10_000, timeout: 15_000 });
}
