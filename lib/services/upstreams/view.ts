import { stateReasons } from "#lib/contracts/services.ts";
import type { UpstreamView } from "#lib/contracts/upstreams.ts";
import type { Prisma } from "#prisma/generated/client.ts";

/** What a view is made of; the credential stays where it is but for whether there is one. */
export const viewInclude = {
  service: { select: { name: true, workspace: { select: { name: true } } } },
  instances: { where: { state: { not: "stopped" } }, select: { state: true, reason: true, reasonData: true } },
} satisfies Prisma.UpstreamEndpointInclude;

type UpstreamRow = Prisma.UpstreamEndpointGetPayload<{ include: typeof viewInclude }>;

export function viewOf(row: UpstreamRow): UpstreamView {
  const instance = row.instances[0];
  return {
    id: row.id,
    accessName: `${row.service.workspace.name}/${row.service.name}`,
    url: row.url,
    upstreamModel: row.upstreamModel,
    hasCredential: row.credentialCipher !== null,
    weight: row.weight,
    maxConcurrency: row.maxConcurrency,
    probePath: row.probePath,
    state: instance?.state ?? null,
    reason: stateReasons.find((reason) => reason === instance?.reason) ?? "",
    reasonData: namedValues(instance?.reasonData),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function namedValues(json: Prisma.JsonValue | undefined): UpstreamView["reasonData"] {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  const plain = Object.entries(json).filter((entry): entry is [string, string | number] => ["string", "number"].includes(typeof entry[1]));
  return Object.fromEntries(plain);
}
