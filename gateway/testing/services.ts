import { newId } from "#lib/ids.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { caughtUp } from "#test/gateway-factory.ts";
import type { Harness } from "./harness.ts";

export interface SurfaceService {
  name: string;
  /** Whose it is; default: the platform's, billed by token. */
  owner?: { workspaceId: string };
  kind?: "text_generation" | "image_understanding" | "image_generation" | "embedding";
  /** Name of its region, which is made with the driver for engines of others where there is none; default: the local one. */
  region?: string;
  endpoints?: string[];
  price?: Partial<Pick<Prisma.TokenPriceUncheckedCreateInput, "inputNano" | "cachedInputNano" | "outputNano" | "imageNano">>;
  contextLength?: number;
  maxOutputTokens?: number;
}

/** A running service of a model of its own, with one ready instance: the wall. */
export async function makeSurfaceService(harness: Harness, options: SurfaceService): Promise<string> {
  const { db } = harness.database;
  const { name, owner, kind = "text_generation", endpoints = [harness.wall.url], contextLength = 2_048, maxOutputTokens = 512 } = options;
  const { id: _, ...facts } = await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } });
  const modelId = newId("mdl");
  await db.model.create({ data: { ...facts, id: modelId, slug: `m-${modelId.slice(-12)}`, kind, contextLength, maxOutputTokens } });
  const price = { inputNano: 100n, cachedInputNano: 20n, outputNano: 200n, ...options.price };
  await db.tokenPrice.create({ data: { id: newId("prc"), modelId, effectiveFrom: new Date(0), ...price } });
  const instanceType = await instanceTypeIn(harness, options.region);
  const workspaceId = owner?.workspaceId ?? (await db.workspace.findUniqueOrThrow({ where: { name: "public" } })).id;
  const id = newId("svc");
  const billing = owner ? ("instance" as const) : ("token" as const);
  const place = { regionId: instanceType.regionId, instanceTypeId: instanceType.id };
  await db.modelService.create({ data: { id, workspaceId, name, modelId, ...place, billing, wantedInstances: 1, state: "running" } });
  await db.instance.createMany({
    data: endpoints.map((endpoint) => ({
      id: newId("ins"),
      serviceId: id,
      state: "ready" as const,
      endpoint,
      token: "t",
      readyAt: new Date(),
    })),
  });
  await caughtUp(db);
  return id;
}

async function instanceTypeIn({ database: { db } }: Harness, region: string | undefined): Promise<{ id: string; regionId: string }> {
  const { id: _, ...facts } = await db.instanceType.findFirstOrThrow({ where: { region: { driver: "local" } } });
  if (!region) return db.instanceType.findFirstOrThrow({ where: { region: { driver: "local" } } });
  const known = await db.instanceType.findFirst({ where: { region: { name: region } } });
  if (known) return known;
  const regionId = newId("reg");
  await db.region.create({ data: { id: regionId, name: region, labelEn: region, labelZh: region, driver: "upstream" } });
  return db.instanceType.create({ data: { ...facts, id: newId("typ"), regionId } });
}
