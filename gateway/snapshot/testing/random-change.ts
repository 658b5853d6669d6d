import type { Db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { makeCaller, makeService, type TestCaller } from "#test/gateway-factory.ts";

/** One of all the changes that a snapshot has to follow; new callers and services are added to what is given. */
export function randomChange(db: Db, random: () => number, callers: TestCaller[], serviceIds: string[]): () => Promise<unknown> {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const some = () => Math.ceil(random() * 1_000);
  const key = () => ({ where: { id: pick(callers).keyId } });
  const service = () => ({ where: { id: pick(serviceIds) } });
  const modelIds = db.model.findMany({ select: { id: true } });
  const regionIds = db.region.findMany({ select: { id: true } });
  return pick([
    async () => void callers.push(await makeCaller(db, 0n)),
    async () => {
      const owner = { workspaceId: pick(callers).workspaceId };
      const made = await makeService(db, {
        owner,
        name: `s-${newId("svc").slice(-8)}`,
        billing: "instance",
        endpoints: ["http://127.0.0.1:1"],
      });
      serviceIds.push(made.id);
    },
    () => db.apiKey.update({ ...key(), data: { revokedAt: random() < 0.5 ? new Date() : null } }),
    () => db.apiKey.update({ ...key(), data: { disabledAt: random() < 0.5 ? new Date() : null } }),
    () => db.apiKey.update({ ...key(), data: { graceUntil: random() < 0.5 ? new Date(Date.now() + (random() - 0.5) * 3_600_000) : null } }),
    () => db.apiKey.update({ ...key(), data: { requestsPerMinute: some(), budgetDayNano: BigInt(some()) * 10n ** 12n } }),
    () => db.apiKey.update({ ...key(), data: { allowedModels: [`public/${some()}`] } }),
    () => db.apiKey.update({ ...key(), data: { expiresAt: new Date(Date.now() + (random() < 0.5 ? -1_000 : 3_600_000)) } }),
    () => db.user.update({ where: { id: pick(callers).userId }, data: { status: random() < 0.5 ? "disabled" : "active" } }),
    () => db.membership.deleteMany({ where: { userId: pick(callers).userId } }),
    () => db.workspace.update({ where: { id: pick(callers).workspaceId }, data: { concurrency: some() } }),
    () => db.instance.updateMany({ where: { serviceId: pick(serviceIds) }, data: { state: random() < 0.5 ? "draining" : "ready" } }),
    () => becomeUpstream(db, pick(serviceIds)),
    () => {
      const changed = pick([{ enabled: false }, { enabled: true, weight: some() }, { weight: some() }]);
      return db.upstreamEndpoint.updateMany({ where: { serviceId: pick(serviceIds) }, data: changed });
    },
    () => db.modelService.update({ ...service(), data: { wanted: pick(["running", "stopped", "deleted"] as const) } }),
    () => db.modelService.update({ ...service(), data: { state: pick(["running", "degraded", "failed"] as const) } }),
    async () => {
      const effectiveFrom = new Date(Date.now() - some() * 1_000);
      const price = { inputNano: BigInt(some()), cachedInputNano: 0n, outputNano: BigInt(some()) };
      await db.tokenPrice.create({ data: { id: newId("prc"), modelId: pick(await modelIds).id, effectiveFrom, ...price } });
    },
    async () =>
      db.model.update({ where: { id: pick(await modelIds).id }, data: { contextLength: 100_000_000 + some(), sortOrder: some() } }),
    async () => db.region.update({ where: { id: pick(await regionIds).id }, data: { name: `r-${some()}` } }),
    // What a reader behind by more than the log holds, and one whose session breaks, must come back from.
    () => db.changeLog.deleteMany({ where: { topic: pick(["catalog", "keys", "limits"]) } }),
    () =>
      db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE "gateways"%'`,
  ]);
}

/** One of the service's instances is an endpoint of others from now on. */
async function becomeUpstream(db: Db, serviceId: string): Promise<void> {
  const id = newId("ups");
  const instance = await db.instance.findFirst({ where: { serviceId, upstreamEndpointId: null } });
  if (!instance) return;
  await db.upstreamEndpoint.create({ data: { id, serviceId, url: `https://${id.replace("_", "-")}.example.com/v1`, upstreamModel: "m" } });
  await db.instance.update({ where: { id: instance.id }, data: { upstreamEndpointId: id } });
}
