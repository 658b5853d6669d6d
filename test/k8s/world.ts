import { randomBytes } from "node:crypto";
import { createInstallation, end, type Installation, isRunning } from "#deployer/testing/installation.ts";
import { type OpenGateway, openGateway } from "#gateway/open.ts";
import { newId } from "#lib/ids.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { makeCaller, type TestCaller } from "#test/gateway-factory.ts";
import { type ClusterPlace, createClusterPlace } from "./place.ts";

/** An installation with one region on a cluster: database, deployer process, gateway, and a caller who owns a service. */
export interface ClusterWorld {
  place: ClusterPlace;
  installation: Installation;
  caller: TestCaller;
  serviceId: string;
  /** Two sizes, alike but for their names. */
  instanceTypeIds: [string, string];
  gatewayUrl: string;
  /** Changes what is wanted, as the console's verbs do. */
  want(change: { wantedInstances?: number; wanted?: "running" | "stopped" | "deleted"; instanceTypeId?: string }): Promise<void>;
  service(): Promise<ServiceWithInstances>;
  /** Ends the deployer by that signal and starts another. */
  restartDeployer(signal: NodeJS.Signals): Promise<void>;
  /** One short chat; throws with the body of anything but a whole answer. */
  chat(): Promise<void>;
  dispose(): Promise<void>;
}

type ServiceWithInstances = Awaited<ReturnType<typeof readService>>;

export async function createWorld(settings: Record<string, unknown> = {}): Promise<ClusterWorld> {
  const place = await createClusterPlace(settings);
  const installation = await createInstallation();
  const { db, url: databaseUrl } = installation.database;
  const caller = await makeCaller(db);
  const instanceTypeIds = await makeRegion(installation, place);
  const name = `k8s-${randomBytes(4).toString("hex")}`;
  const serviceId = await makeService(installation, place, caller, instanceTypeIds[0], name);
  const gateway: OpenGateway = openGateway({
    databaseUrl,
    dataDir: installation.dataDir,
    secret: "x".repeat(32),
    settings: { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" },
    logger: createLogger("gateway", { level: "silent", format: "json" }),
  });
  const gatewayUrl = `http://127.0.0.1:${await gateway.listen(0, "127.0.0.1")}`;
  let deployer = await installation.startReady();
  const model = `${caller.workspaceName}/${name}`;
  return {
    place,
    installation,
    caller,
    serviceId,
    instanceTypeIds,
    gatewayUrl,
    async want(change) {
      await db.modelService.update({ where: { id: serviceId }, data: { ...change, generation: { increment: 1 } } });
    },
    service: () => readService(installation, serviceId),
    async restartDeployer(signal) {
      await end(deployer, signal);
      deployer = await installation.startReady();
    },
    chat: () => chat(gatewayUrl, caller.key, model),
    async dispose() {
      await gateway.close();
      if (isRunning(deployer)) await end(deployer, "SIGTERM");
      await installation.dispose();
      await place.dispose();
    },
  };
}

async function makeRegion({ database: { db } }: Installation, place: ClusterPlace): Promise<[string, string]> {
  const words = { labelEn: "Cluster", labelZh: "Cluster" };
  const settings = JSON.parse(JSON.stringify(place.region.settings));
  await db.region.create({ data: { id: place.region.id, name: place.region.name, ...words, driver: "kubernetes", settings } });
  const ids: [string, string] = [newId("typ"), newId("typ")];
  const size = { cpuMilli: 100, memoryBytes: 268_435_456n, parallel: 4 };
  for (const [index, id] of ids.entries()) {
    await db.instanceType.create({ data: { id, regionId: place.region.id, name: `size-${index}`, ...size, sortOrder: index } });
    await db.instancePrice.create({ data: { id: newId("prc"), instanceTypeId: id, effectiveFrom: new Date(0), hourNano: 3_600n } });
  }
  return ids;
}

async function makeService(
  { database: { db } }: Installation,
  place: ClusterPlace,
  caller: TestCaller,
  instanceTypeId: string,
  name: string,
): Promise<string> {
  const [modelId, id] = [newId("mdl"), newId("svc")];
  const words = { name: "Tiny", provider: "Test", licence: "Apache-2.0", descriptionEn: "", descriptionZh: "" };
  const size = { contextLength: 512, maxOutputTokens: 256, repository: "hydra/hydra-tiny" };
  const hosting = { kind: "text_generation", offersToken: true, offersDedicated: true, sortOrder: 999 } as const;
  await db.model.create({ data: { id: modelId, slug: `tiny-${name}`, ...words, ...size, ...hosting } });
  const wanted = { billing: "instance", wantedInstances: 1, reason: "waiting_for_deployer" } as const;
  const where = { workspaceId: caller.workspaceId, regionId: place.region.id, instanceTypeId, modelId };
  await db.modelService.create({ data: { id, name, ...where, ...wanted } });
  return id;
}

function readService({ database: { db } }: Installation, id: string) {
  return db.modelService.findUniqueOrThrow({ where: { id }, include: { instances: { where: { state: { not: "stopped" } } } } });
}

async function chat(gatewayUrl: string, key: string, model: string): Promise<void> {
  const body = { model, messages: [{ role: "user", content: "Hello!" }], max_tokens: 24 };
  const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const choice = answer.status === 200 ? JSON.parse(text).choices[0] : null;
  if (!choice?.finish_reason || !choice.message.content) throw new Error(`HTTP ${answer.status}: ${text.slice(0, 300)}`);
}
