import type { Balances } from "../ports.ts";
import type { Store } from "./store.ts";

/** Wallets as they stand in the ledger. */
export function readBalances(store: Store): Balances {
  return {
    async read(workspaceId) {
      const rows = await store.ask(
        (db) => db.$queryRaw<{ balanceNano: bigint }[]>`
          SELECT "balanceNano" FROM "ledger_accounts" WHERE "workspaceId" = ${workspaceId} AND "kind" = 'wallet'`,
      );
      return rows[0]?.balanceNano ?? 0n;
    },
  };
}
