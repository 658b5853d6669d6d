import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

/** What usage names, by its column, and where that stands. */
const parents = [
  ["workspaceId", "workspaces"],
  ["keyId", "api_keys"],
  ["serviceId", "model_services"],
  ["modelId", "models"],
  ["tokenPriceId", "token_prices"],
] as const;

function missing([column, table]: (typeof parents)[number]): Prisma.Sql {
  const named = Prisma.raw(`"${column}"`);
  return Prisma.sql`
    SELECT ${`${column} `} || u."id" || ' is not in ' || ${table} AS "violation"
    FROM (SELECT DISTINCT ${named} AS "id" FROM "usage_records") u
    WHERE u."id" IS NOT NULL AND NOT EXISTS (SELECT FROM ${Prisma.raw(`"${table}"`)} p WHERE p."id" = u."id")`;
}

export const usageInvariants: Invariant[] = [
  {
    name: "U1",
    says: "one usage record for each request, and each usage transaction belongs to one",
    query: Prisma.sql`
      SELECT 'request ' || "requestId" || ': ' || count(*) || ' records' AS "violation"
      FROM "usage_records" GROUP BY "requestId" HAVING count(*) > 1
      UNION ALL
      SELECT 'transaction ' || t."id" || ' (' || t."idempotencyKey" || ') has no usage record' FROM "ledger_transactions" t
      WHERE t."kind" = 'usage' AND NOT EXISTS (SELECT FROM "usage_records" u WHERE u."ledgerTransactionId" = t."id")`,
  },
  {
    name: "U3",
    says: "cost is tokens × price version, of the model that was called; the charge is at most the cost",
    query: Prisma.sql`
      SELECT 'request ' || u."requestId" || ': cost ' || u."costNano" || ', charge ' || u."chargeNano" || ', tokens × price '
        || coalesce(c."nano"::text, 'without a price') AS "violation"
      FROM "usage_records" u
      LEFT JOIN "token_prices" p ON p."id" = u."tokenPriceId"
      CROSS JOIN LATERAL (SELECT (u."inputTokens" - u."cachedTokens")::numeric * p."inputNano"
        + u."cachedTokens"::numeric * p."cachedInputNano" + u."outputTokens"::numeric * p."outputNano"
        + u."images"::numeric * coalesce(p."imageNano", 0) AS "nano") c
      WHERE (u."source" <> 'none' AND u."costNano" <> coalesce(c."nano", 0)) OR u."chargeNano" > u."costNano" OR u."chargeNano" < 0
        OR p."modelId" <> u."modelId"`,
  },
  {
    name: "U3-ledger",
    says: "what a transaction took from a workspace is the sum of its usage records' charges",
    query: Prisma.sql`
      SELECT 'transaction ' || coalesce(u."transactionId", l."transactionId") || ', workspace ' || coalesce(u."workspaceId", l."workspaceId")
        || ': charges ' || coalesce(u."charges", 0) || ', ledger ' || coalesce(l."taken", 0) AS "violation"
      FROM (SELECT "ledgerTransactionId" AS "transactionId", "workspaceId", sum("chargeNano") AS "charges" FROM "usage_records"
        WHERE "ledgerTransactionId" IS NOT NULL GROUP BY 1, 2) u
      FULL JOIN (SELECT e."transactionId", a."workspaceId", -sum(e."amountNano") AS "taken" FROM "ledger_transactions" t
        JOIN "ledger_entries" e ON e."transactionId" = t."id"
        JOIN "ledger_accounts" a ON a."id" = e."accountId" AND a."kind" = 'wallet'
        WHERE t."kind" = 'usage' GROUP BY 1, 2) l ON l."transactionId" = u."transactionId" AND l."workspaceId" = u."workspaceId"
      WHERE coalesce(u."charges", 0) <> coalesce(l."taken", 0)
      UNION ALL
      SELECT 'request ' || "requestId" || ': charge ' || "chargeNano" || ' in no transaction' FROM "usage_records"
      WHERE "ledgerTransactionId" IS NULL AND "costNano" <> 0`,
  },
  {
    name: "U4",
    says: "what came from no engine costs nothing",
    query: Prisma.sql`
      SELECT 'request ' || "requestId" || ': cost ' || "costNano" AS "violation"
      FROM "usage_records" WHERE "source" = 'none' AND "costNano" <> 0`,
  },
  {
    name: "U7",
    says: "each workspace, key, service, model and price that a usage record names is there",
    query: Prisma.join(parents.map(missing), " UNION ALL "),
  },
];
