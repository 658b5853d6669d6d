import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

export const usageInvariants: Invariant[] = [
  {
    name: "U1",
    says: "one usage record for each request, and each usage transaction belongs to one",
    query: Prisma.sql`
      SELECT 'request ' || "requestId" || ': ' || count(*) || ' records' AS "violation"
      FROM "usage_records" GROUP BY "requestId" HAVING count(*) > 1
      UNION ALL
      SELECT 'transaction ' || t."id" || ' (' || t."idempotencyKey" || ') has no usage record' FROM "ledger_transactions" t
      WHERE t."kind" = 'usage' AND NOT EXISTS (SELECT 1 FROM "usage_records" u WHERE 'usage:' || u."requestId" = t."idempotencyKey")`,
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
        + u."cachedTokens"::numeric * p."cachedInputNano" + u."outputTokens"::numeric * p."outputNano" AS "nano") c
      WHERE (u."source" <> 'none' AND u."costNano" <> coalesce(c."nano", 0)) OR u."chargeNano" > u."costNano" OR u."chargeNano" < 0
        OR p."modelId" <> u."modelId"`,
  },
  {
    name: "U3-ledger",
    says: "each usage record's charge is what the ledger took from its workspace",
    query: Prisma.sql`
      SELECT 'request ' || u."requestId" || ': charge ' || u."chargeNano" || ', ledger ' || coalesce(l."taken", 0) AS "violation"
      FROM "usage_records" u
      CROSS JOIN LATERAL (SELECT -sum(e."amountNano") AS "taken" FROM "ledger_transactions" t
        JOIN "ledger_entries" e ON e."transactionId" = t."id"
        JOIN "ledger_accounts" a ON a."id" = e."accountId" AND a."kind" = 'wallet' AND a."workspaceId" = u."workspaceId"
        WHERE t."idempotencyKey" = 'usage:' || u."requestId" AND t."kind" = 'usage') l
      WHERE coalesce(l."taken", 0) <> u."chargeNano"`,
  },
  {
    name: "U4",
    says: "what came from no engine costs nothing",
    query: Prisma.sql`
      SELECT 'request ' || "requestId" || ': cost ' || "costNano" AS "violation"
      FROM "usage_records" WHERE "source" = 'none' AND "costNano" <> 0`,
  },
];
