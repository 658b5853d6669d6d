import { Prisma } from "#prisma/generated/client.ts";
import type { Invariant } from "./invariant.ts";

export const serviceInvariants: Invariant[] = [
  {
    name: "I1",
    says: "a service that runs as wanted has no more ready instances than that",
    query: Prisma.sql`
      SELECT 'service ' || s."id" || ': ' || count(i."id") || ' ready, ' || s."wantedInstances" || ' wanted' AS "violation"
      FROM "model_services" s JOIN "instances" i ON i."serviceId" = s."id" AND i."state" = 'ready'
      WHERE s."state" = 'running' AND s."observedGeneration" = s."generation"
      GROUP BY s."id" HAVING count(i."id") > s."wantedInstances"`,
  },
  {
    name: "I2",
    says: "no two instances share a process, and a deleted service has none left",
    query: Prisma.sql`
      SELECT 'process ' || "pid" || ': ' || count(*) || ' instances' AS "violation" FROM "instances"
      WHERE "state" <> 'stopped' AND "pid" IS NOT NULL GROUP BY "pid", "pidStartedAt" HAVING count(*) > 1
      UNION ALL
      SELECT 'service ' || s."id" || ' is deleted and has instance ' || i."id" || ' in state ' || i."state" FROM "model_services" s
      JOIN "instances" i ON i."serviceId" = s."id" AND i."state" <> 'stopped' WHERE s."deletedAt" IS NOT NULL`,
  },
  {
    name: "I4",
    says: "a ready instance has an address, and its service is not deleted",
    query: Prisma.sql`
      SELECT 'instance ' || i."id" AS "violation" FROM "instances" i JOIN "model_services" s ON s."id" = i."serviceId"
      WHERE i."state" = 'ready' AND (i."endpoint" IS NULL OR s."deletedAt" IS NOT NULL)`,
  },
  {
    name: "I5",
    says: "no service has been made true beyond what was wanted",
    query: Prisma.sql`
      SELECT 'service ' || "id" || ': observed ' || "observedGeneration" || ' of ' || "generation" AS "violation"
      FROM "model_services" WHERE "observedGeneration" > "generation"`,
  },
];
