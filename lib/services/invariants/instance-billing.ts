import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

export const instanceBillingInvariants: Invariant[] = [
  {
    name: "I3",
    says: "the times that an instance is billed for are disjoint, and it is billed while it is ready, until it has stopped",
    query: Prisma.sql`
      SELECT 'instance ' || a."instanceId" || ': intervals ' || a."id" || ' and ' || b."id" || ' overlap' AS "violation"
      FROM "instance_intervals" a JOIN "instance_intervals" b ON b."instanceId" = a."instanceId" AND b."id" > a."id"
      WHERE a."startedAt" < coalesce(b."endedAt", 'infinity') AND b."startedAt" < coalesce(a."endedAt", 'infinity')
      UNION ALL
      SELECT 'interval ' || n."id" || ' is open and instance ' || i."id" || ' is ' || i."state" FROM "instance_intervals" n
      JOIN "instances" i ON i."id" = n."instanceId" WHERE n."endedAt" IS NULL AND i."state" NOT IN ('ready', 'draining')
      UNION ALL
      SELECT 'instance ' || i."id" || ' is ready and is not billed' FROM "instances" i
      JOIN "model_services" s ON s."id" = i."serviceId" AND s."billing" = 'instance' WHERE i."state" = 'ready'
        AND NOT EXISTS (SELECT FROM "instance_intervals" n WHERE n."instanceId" = i."id" AND n."endedAt" IS NULL)`,
  },
  {
    name: "I3-cost",
    says: "an interval has cost floor(price of an hour × seconds / 3600) of its own price, up to where it is billed; a waived one nothing",
    query: Prisma.sql`
      SELECT 'interval ' || n."id" || ': charged ' || n."chargedNano" || ', loss ' || n."lossNano" || ', seconds × price ' || c."nano" AS "violation"
      FROM "instance_intervals" n LEFT JOIN "instance_prices" p ON p."id" = n."instancePriceId" AND p."instanceTypeId" = n."instanceTypeId"
      CROSS JOIN LATERAL (SELECT CASE WHEN n."waived" THEN 0 ELSE floor(
        n."hourNano" * floor(extract(epoch FROM n."billedThrough") - extract(epoch FROM n."startedAt")) / 3600) END AS "nano") c
      WHERE n."chargedNano" + n."lossNano" <> c."nano" OR n."chargedNano" < 0 OR n."lossNano" < 0
        OR p."hourNano" IS DISTINCT FROM n."hourNano" OR n."billedThrough" < n."startedAt" OR n."billedThrough" > n."endedAt"`,
  },
  {
    name: "I3-ledger",
    says: "what the ledger took for an interval is what the interval says",
    query: Prisma.sql`
      SELECT 'interval ' || coalesce(n."id"::text, t."interval") || ': charged ' || coalesce(n."chargedNano", 0) || ' and loss '
        || coalesce(n."lossNano", 0) || ', ledger ' || coalesce(t."taken", 0) || ' and ' || coalesce(t."lost", 0) AS "violation"
      FROM "instance_intervals" n
      FULL JOIN (SELECT split_part(x."idempotencyKey", ':', 2) AS "interval",
          -coalesce(sum(e."amountNano") FILTER (WHERE a."kind" = 'wallet'), 0) AS "taken",
          -coalesce(sum(e."amountNano") FILTER (WHERE a."kind" = 'loss'), 0) AS "lost",
          array_agg(DISTINCT a."workspaceId") FILTER (WHERE a."kind" = 'wallet') AS "payers"
        FROM "ledger_transactions" x JOIN "ledger_entries" e ON e."transactionId" = x."id" JOIN "ledger_accounts" a ON a."id" = e."accountId"
        WHERE x."kind" = 'instance' GROUP BY 1) t ON t."interval" = n."id"::text
      WHERE coalesce(n."chargedNano", 0) <> coalesce(t."taken", 0) OR coalesce(n."lossNano", 0) <> coalesce(t."lost", 0)
        OR t."payers" <> ARRAY[n."workspaceId"]`,
  },
];
