import { Prisma } from "#prisma/generated/client.ts";
import type { CallableService, Catalog, InstanceTarget } from "../ports.ts";
import type { Store } from "./store.ts";

type ServiceRow = Omit<CallableService, "accessName" | "isPublic" | "model" | "price" | "instances"> & {
  owner: string;
  ownerKind: "personal" | "platform";
  name: string;
  modelId: string;
  kind: CallableService["model"]["kind"];
  contextLength: number;
  maxOutputTokens: number;
  priceId: string | null;
  inputNano: bigint | null;
  cachedInputNano: bigint | null;
  outputNano: bigint | null;
  instances: InstanceTarget[] | null;
};

/** Services, their price in force and their ready instances, in one query each, from the rows of this moment. */
export function readCatalog(store: Store): Catalog {
  return {
    async find(owner, name) {
      const rows = await store.ask((db) =>
        db.$queryRaw<ServiceRow[]>(Prisma.sql`${services} AND w."name" = ${owner} AND s."name" = ${name}`),
      );
      return rows[0] ? serviceOf(rows[0]) : null;
    },

    async visibleTo(workspaceId) {
      const rows = await store.ask((db) =>
        db.$queryRaw<ServiceRow[]>(
          Prisma.sql`${services} AND (s."workspaceId" = ${workspaceId} OR (w."kind" = 'platform' AND s."billing" = 'token'))
            ORDER BY w."kind" DESC, m."sortOrder", s."name"`,
        ),
      );
      return rows.map(serviceOf);
    },
  };
}

/** A service that is being deleted is gone for callers from the moment it was asked for. */
const services = Prisma.sql`
  SELECT s."id", s."name", s."workspaceId", s."billing"::text, s."wanted"::text, s."state"::text, s."reason", s."reasonData", s."createdAt",
    w."name" AS "owner", w."kind"::text AS "ownerKind", r."driver"::text,
    m."id" AS "modelId", m."kind"::text, m."contextLength", m."maxOutputTokens",
    p."id" AS "priceId", p."inputNano", p."cachedInputNano", p."outputNano",
    (SELECT jsonb_agg(jsonb_build_object('id', i."id", 'endpoint', i."endpoint", 'token', i."token") ORDER BY i."id")
      FROM "instances" i WHERE i."serviceId" = s."id" AND i."state" = 'ready') AS "instances"
  FROM "model_services" s
  JOIN "workspaces" w ON w."id" = s."workspaceId"
  JOIN "models" m ON m."id" = s."modelId"
  JOIN "regions" r ON r."id" = s."regionId"
  LEFT JOIN LATERAL (
    SELECT * FROM "token_prices" t WHERE t."modelId" = m."id" AND t."effectiveFrom" <= now() ORDER BY t."effectiveFrom" DESC LIMIT 1
  ) p ON true
  WHERE s."deletedAt" IS NULL AND s."wanted" <> 'deleted'`;

function serviceOf(row: ServiceRow): CallableService {
  const { id, workspaceId, billing, wanted, state, reason, reasonData, createdAt, driver } = row;
  return {
    id,
    workspaceId,
    billing,
    wanted,
    state,
    reason,
    reasonData,
    createdAt,
    driver,
    accessName: `${row.owner}/${row.name}`,
    isPublic: row.ownerKind === "platform" && billing === "token",
    model: { id: row.modelId, kind: row.kind, contextLength: row.contextLength, maxOutputTokens: row.maxOutputTokens },
    price: priceOf(row),
    instances: row.instances ?? [],
  };
}

function priceOf({ priceId, inputNano, cachedInputNano, outputNano }: ServiceRow): CallableService["price"] {
  if (priceId === null || inputNano === null || cachedInputNano === null || outputNano === null) return null;
  return { id: priceId, rates: { inputNano, cachedInputNano, outputNano } };
}
