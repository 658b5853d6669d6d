import { type Db, openDatabase } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";

/** The database as the gateway reads it: each look-up is bounded, and a failure is a refusal, never a guess. */
export interface Store {
  db: Db;
  /** The look-up's result. Throws `billing_unavailable` where the database fails or takes too long. */
  ask<Result>(lookup: (db: Db) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export function openStore(url: string, options: { poolSize: number; lookupMs: number }): Store {
  const db = openDatabase(url, { poolSize: options.poolSize });
  return {
    db,
    async ask(lookup) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(`no answer in ${options.lookupMs} ms`)), options.lookupMs);
      try {
        return await Promise.race([lookup(db), late.promise]);
      } catch (cause) {
        throw new AppError("billing_unavailable", "Keys and balances cannot be checked at this moment. Try again shortly.", {
          retryAfterSeconds: 5,
          cause,
        });
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => db.$disconnect(),
  };
}
