import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

/** Triggers that keep the money's rows as they were written; a restore or a hasty repair may have switched one off. */
const guards = [
  "ledger_transactions_append_only",
  "ledger_entries_append_only",
  "audit_events_append_only",
  "ledger_entries_apply",
  "ledger_entries_sum",
];

export const moneyInvariants: Invariant[] = [
  {
    name: "L1",
    says: "the entries of each transaction sum to 0, and there are at least two",
    query: Prisma.sql`
      SELECT 'transaction ' || t."id" || ': ' || count(e."id") || ' entries, sum ' || coalesce(sum(e."amountNano"), 0) AS "violation"
      FROM "ledger_transactions" t LEFT JOIN "ledger_entries" e ON e."transactionId" = t."id"
      GROUP BY t."id" HAVING count(e."id") < 2 OR sum(e."amountNano") <> 0`,
  },
  {
    name: "L2",
    says: "each balance is the sum of its entries",
    query: Prisma.sql`
      SELECT 'account ' || a."id" || ': balance ' || a."balanceNano" || ', entries ' || coalesce(sum(e."amountNano"), 0) AS "violation"
      FROM "ledger_accounts" a LEFT JOIN "ledger_entries" e ON e."accountId" = a."id"
      GROUP BY a."id" HAVING a."balanceNano" <> coalesce(sum(e."amountNano"), 0)`,
  },
  {
    name: "L3",
    says: "no wallet is below 0",
    query: Prisma.sql`
      SELECT 'account ' || "id" || ': balance ' || "balanceNano" AS "violation"
      FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "balanceNano" < 0`,
  },
  {
    name: "L4",
    says: "the triggers that keep ledger and audit append-only are there and switched on",
    query: Prisma.sql`
      SELECT 'trigger ' || g."name" || ' is missing or off' AS "violation" FROM unnest(${guards}::text[]) AS g("name")
      WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t."tgname" = g."name" AND t."tgenabled" IN ('O', 'A'))`,
  },
  {
    name: "L6",
    says: "every amount is a 64-bit integer",
    query: Prisma.sql`
      SELECT "table_name" || '.' || "column_name" || ' is ' || "data_type" AS "violation" FROM information_schema.columns
      WHERE "table_schema" = current_schema() AND "column_name" LIKE '%Nano' AND "data_type" <> 'bigint'`,
  },
  {
    name: "L7",
    says: "one transaction for each idempotency key, one sign-up credit for each wallet",
    query: Prisma.sql`
      SELECT 'key ' || "idempotencyKey" || ': ' || count(*) || ' transactions' AS "violation"
      FROM "ledger_transactions" GROUP BY "idempotencyKey" HAVING count(*) > 1
      UNION ALL
      SELECT 'account ' || a."id" || ': ' || count(*) || ' sign-up credits' FROM "ledger_entries" e
      JOIN "ledger_transactions" t ON t."id" = e."transactionId" AND t."kind" = 'signup_credit'
      JOIN "ledger_accounts" a ON a."id" = e."accountId" AND a."kind" = 'wallet'
      GROUP BY a."id" HAVING count(*) > 1`,
  },
  {
    name: "W1",
    says: "each personal workspace has one wallet and one owner, and the platform its three accounts",
    query: Prisma.sql`
      SELECT 'workspace ' || w."name" || ': ' || count(DISTINCT a."id") || ' wallets, ' || count(DISTINCT m."userId") || ' owners' AS "violation"
      FROM "workspaces" w
      LEFT JOIN "ledger_accounts" a ON a."workspaceId" = w."id" AND a."kind" = 'wallet'
      LEFT JOIN "memberships" m ON m."workspaceId" = w."id" AND m."role" = 'owner'
      WHERE w."kind" = 'personal' GROUP BY w."id" HAVING count(DISTINCT a."id") <> 1 OR count(DISTINCT m."userId") <> 1
      UNION ALL
      SELECT 'ledger account ' || k."kind" || ' is missing' FROM unnest(ARRAY['revenue', 'grants', 'loss']) AS k("kind")
      WHERE NOT EXISTS (SELECT 1 FROM "ledger_accounts" a WHERE a."kind"::text = k."kind")`,
  },
];
