import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

/** Triggers that keep the money's rows, and what they name, as they were written; a restore or a hasty repair may have switched one off. */
const guards = [
  "ledger_transactions_append_only",
  "ledger_entries_append_only",
  "ledger_links_append_only",
  "usage_records_append_only",
  "audit_events_append_only",
  "ledger_transactions_no_truncate",
  "ledger_entries_no_truncate",
  "ledger_links_no_truncate",
  "usage_records_no_truncate",
  "usage_records_taken",
  "workspaces_used",
  "workspaces_no_truncate",
  "api_keys_used",
  "api_keys_no_truncate",
  "model_services_used",
  "model_services_no_truncate",
  "models_used",
  "models_no_truncate",
  "token_prices_used",
  "token_prices_no_truncate",
  "audit_events_no_truncate",
  "ledger_entries_apply",
  "ledger_entries_sealed",
  "ledger_transactions_seal",
  "ledger_accounts_by_entries",
  "ledger_accounts_start_empty",
  "ledger_head_by_links",
  "token_prices_immutable",
  "instance_prices_immutable",
  "instance_intervals_guard",
  "instance_intervals_no_delete",
  "instance_intervals_no_truncate",
  "instance_intervals_disjoint",
  "instances_billed",
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
    says: "balance + credit line covers what gateways have leased",
    query: Prisma.sql`
      SELECT 'account ' || "id" || ': balance ' || "balanceNano" || ', credit line ' || "creditLineNano" || ', leased ' || "leasedNano" AS "violation"
      FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "balanceNano" + "creditLineNano" - "leasedNano" < 0`,
  },
  {
    name: "L4",
    says: "the triggers that keep ledger, billing and audit as they were written are there and switched on",
    query: Prisma.sql`
      SELECT 'trigger ' || g."name" || ' is missing or off' AS "violation" FROM unnest(${guards}::text[]) AS g("name")
      WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t."tgname" = g."name" AND t."tgenabled" IN ('O', 'A'))`,
  },
  {
    name: "L4-chain",
    says: "each transaction is on the chain, in one order, and as it was when it was sealed",
    query: Prisma.sql`
      SELECT 'link ' || l."sequence" || ': transaction ' || l."transactionId" AS "violation" FROM (
        SELECT "sequence", "transactionId", "prevHash", "hash",
          lag("hash", 1, sha256('hydra ledger')) OVER (ORDER BY "sequence") AS "before", row_number() OVER (ORDER BY "sequence") AS "place"
        FROM "ledger_links"
      ) l
      WHERE l."sequence" <> l."place" OR l."prevHash" <> l."before" OR l."hash" IS DISTINCT FROM
        sha256(convert_to(ledger_link_text(l."sequence", l."prevHash", l."transactionId"), 'UTF8'))
      UNION ALL
      SELECT 'transaction ' || t."id" || ' is not on the chain' FROM "ledger_transactions" t
      WHERE NOT EXISTS (SELECT FROM "ledger_links" l WHERE l."transactionId" = t."id")
      UNION ALL
      SELECT 'the head says link ' || h."sequence" || ', which is not the last' FROM "ledger_head" h
      LEFT JOIN LATERAL (SELECT "sequence", "hash" FROM "ledger_links" ORDER BY "sequence" DESC LIMIT 1) last ON true
      WHERE h."sequence" <> coalesce(last."sequence", 0) OR h."hash" <> coalesce(last."hash", sha256('hydra ledger'))`,
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
    name: "L8",
    says: "what a wallet has leased is the sum of its gateways' leases and of what is set apart for instances",
    query: Prisma.sql`
      SELECT 'workspace ' || coalesce(a."workspaceId", c."workspaceId") || ': leased ' || coalesce(a."leasedNano", 0) || ', leases '
        || coalesce(c."sum", 0) AS "violation"
      FROM (SELECT "workspaceId", "leasedNano" FROM "ledger_accounts" WHERE "kind" = 'wallet') a
      FULL JOIN (SELECT "workspaceId", sum("amountNano") AS "sum" FROM "credit_leases" GROUP BY 1) c ON c."workspaceId" = a."workspaceId"
      WHERE coalesce(a."leasedNano", 0) <> coalesce(c."sum", 0)`,
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
