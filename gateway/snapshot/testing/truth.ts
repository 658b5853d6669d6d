import { expect } from "vitest";
import { hexOfApiKey } from "#lib/api-key-format.ts";
import type { Db } from "#lib/db/client.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { TestCaller } from "#test/gateway-factory.ts";
import type { Catalog, Principal, Principals } from "../../ports.ts";

/** What answers from memory. */
export interface Seen {
  principals: Principals;
  catalog: Catalog;
}

/** Who may call with each key at this moment, straight from the rows; keyed by the key's id. */
async function trueCallers(db: Db): Promise<Map<string, object>> {
  const rows = await db.$queryRaw<({ keyId: string } & Record<string, unknown>)[]>`
    SELECT k."id" AS "keyId", k."userId", k."workspaceId", k."requestsPerMinute", k."budgetDayNano", k."allowedModels", least(k."expiresAt", k."graceUntil") AS "expiresAt",
      w."concurrency" AS "workspaceConcurrency"
    FROM "api_keys" k
    JOIN "users" u ON u."id" = k."userId" AND u."status" = 'active'
    JOIN "memberships" m ON m."workspaceId" = k."workspaceId" AND m."userId" = k."userId"
    JOIN "workspaces" w ON w."id" = k."workspaceId"
    WHERE k."revokedAt" IS NULL AND k."disabledAt" IS NULL AND coalesce(least(k."expiresAt", k."graceUntil") > now(), true)`;
  return new Map(rows.map((row) => [row.keyId, row]));
}

/** What a workspace may call at this moment, in the order of lists, straight from the rows. */
async function trueServices(db: Db, workspaceId: string): Promise<object[]> {
  return db.$queryRaw<object[]>(Prisma.sql`
    SELECT w."name" || '/' || s."name" AS "accessName", s."billing"::text, s."wanted"::text, s."state"::text, m."contextLength", r."name" AS "region",
      p."id" AS "priceId", p."outputNano",
      coalesce((SELECT jsonb_agg(i."id" || ' ' || coalesce(u."url" || ' ' || u."weight", '') ORDER BY i."id")
        FROM "instances" i LEFT JOIN "upstream_endpoints" u ON u."id" = i."upstreamEndpointId"
        WHERE i."serviceId" = s."id" AND i."state" = 'ready' AND u."enabled" IS NOT FALSE), '[]') AS "instances"
    FROM "model_services" s
    JOIN "workspaces" w ON w."id" = s."workspaceId"
    JOIN "models" m ON m."id" = s."modelId"
    JOIN "regions" r ON r."id" = s."regionId"
    LEFT JOIN LATERAL (
      SELECT * FROM "token_prices" t WHERE t."modelId" = m."id" AND t."effectiveFrom" <= now() ORDER BY t."effectiveFrom" DESC LIMIT 1
    ) p ON true
    WHERE s."deletedAt" IS NULL AND s."wanted" <> 'deleted' AND (s."workspaceId" = ${workspaceId} OR (w."kind" = 'platform' AND s."billing" = 'token'))
    ORDER BY (w."kind" = 'platform' AND s."billing" = 'token') DESC, m."sortOrder", s."name" COLLATE "C"`);
}

/** The same figures as the truth's rows. */
function callerFigures(principal: Principal): object {
  const { keyId, userId, workspaceId, rules, workspaceLimits } = principal;
  return {
    ...{ keyId, userId, workspaceId },
    requestsPerMinute: rules?.limits.requestsPerMinute,
    budgetDayNano: rules?.limits.budgetDayNano,
    allowedModels: rules?.allowedModels,
    expiresAt: rules?.expiresAt,
    workspaceConcurrency: workspaceLimits.concurrency,
  };
}

function serviceFigures(seen: Seen, workspaceId: string): object[] {
  return seen.catalog.visibleTo(workspaceId).map((service) => ({
    accessName: service.accessName,
    billing: service.billing,
    wanted: service.wanted,
    state: service.state,
    contextLength: service.model.contextLength,
    region: service.region,
    priceId: service.price?.id ?? null,
    outputNano: service.price?.rates.outputNano ?? null,
    instances: service.instances.map(
      ({ id, endpoint, upstream }) => `${id} ${upstream ? `${endpoint}${upstream.basePath} ${upstream.weight}` : ""}`,
    ),
  }));
}

/** Every look-up gives what the rows say at this moment. */
export async function expectEqual(db: Db, seen: Seen, callers: TestCaller[]): Promise<void> {
  const truth = await trueCallers(db);
  for (const caller of callers) {
    const principal = seen.principals.byKeyHash(hexOfApiKey(caller.key));
    expect(principal && callerFigures(principal)).toEqual(truth.get(caller.keyId) ?? null);
    expect(serviceFigures(seen, caller.workspaceId)).toEqual(await trueServices(db, caller.workspaceId));
  }
}
