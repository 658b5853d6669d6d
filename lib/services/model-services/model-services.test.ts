import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type DeployInput, serviceDetail, serviceList, serviceListQuery } from "#lib/contracts/services.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { checkName } from "./check-name.ts";
import { deploy } from "./deploy.ts";
import { getService } from "./get.ts";
import { listServices } from "./list.ts";
import { remove } from "./remove.ts";
import { scale } from "./scale.ts";

let database: TestDatabase;
let user: SignedIn;
let other: SignedIn;
let place: Pick<DeployInput, "regionId" | "instanceTypeId">;

beforeAll(async () => {
  database = await createTestDatabase();
  const ctx = visitor(database.db);
  user = await signedIn(ctx);
  other = await signedIn(ctx);
  const type = await database.db.instanceType.findFirstOrThrow({ where: { name: "cpu-medium" } });
  place = { regionId: type.regionId, instanceTypeId: type.id };
});
afterAll(() => database.drop());

function order(name: string, instances = 1): DeployInput {
  return { modelSlug: "hydra-tiny", name, ...place, instances };
}

async function addInstance(serviceId: string, state: "starting" | "ready" | "stopped", n: number) {
  const running = { pid: 1000 + n, pidStartedAt: "1", endpoint: `http://127.0.0.1:${40_000 + n}`, readyAt: new Date() };
  const data = state === "stopped" ? { stoppedAt: new Date() } : running;
  await database.db.instance.create({ data: { id: `ins_${serviceId}_${n}`, serviceId, state, token: "t", ...data } });
}

test("a deployed service is pending, with its event and audit row, and reads as the contract says", async () => {
  const made = z.strictObject(serviceDetail.shape).parse(await deploy({ ctx: user, input: order("qwen2", 2) }));
  expect(made).toMatchObject({
    name: "qwen2",
    accessName: `${user.actor.workspaceName}/qwen2`,
    model: { slug: "hydra-tiny", demo: true },
    region: { name: "local", label: { en: "This machine", zh: "本机" } },
    instanceType: "cpu-medium",
    billing: "instance",
    hourNano: "720000000",
    state: "pending",
    reason: "waiting_for_deployer",
    readyInstances: 0,
    wantedInstances: 2,
    generation: 1,
    endpoint: "http://localhost:8080/v1",
    contextLength: 1024,
    instances: [],
    events: [{ kind: "service_created", by: "you", instanceId: null }],
  });
  expect(await database.db.auditEvent.findFirst({ where: { targetId: made.id } })).toMatchObject({
    action: "service.create",
    actor: user.actor.userId,
    workspaceId: user.actor.workspaceId,
  });
  const hosted = { ...user, config: { ...user.config, domain: "d.example" } };
  expect((await getService({ ctx: hosted, input: { id: made.id } })).endpoint).toBe("https://local.d.example/v1");
});

test("what cannot be deployed is refused with the member that is wrong, and leaves nothing behind", async () => {
  const before = await database.db.modelService.count();
  const { db } = database;
  const far = await db.region.create({ data: { id: "reg_far", name: "sh-02", labelEn: "Far", labelZh: "远", driver: "local" } });
  const off = await db.region.create({
    data: { id: "reg_off", name: "off", labelEn: "Off", labelZh: "关", driver: "local", enabled: false },
  });
  const size = { cpuMilli: 1, memoryBytes: 1n, parallel: 1, sortOrder: 1 };
  const free = await db.instanceType.create({ data: { id: "typ_free", regionId: far.id, name: "unpriced", ...size } });
  const closed = await db.instanceType.create({ data: { id: "typ_closed", regionId: far.id, name: "closed", enabled: false, ...size } });
  const cases: [Partial<DeployInput>, object][] = [
    [{ modelSlug: "nothing" }, { code: "not_found", param: "modelSlug" }],
    [{ modelSlug: "deepseek-r1" }, { code: "model_not_available", param: "modelSlug", data: { reason: "not_offered" } }],
    [{ modelSlug: "baichuan2-13b-chat" }, { code: "model_not_available", param: "modelSlug", data: { reason: "no_weights" } }],
    [{ regionId: "reg_none" }, { code: "invalid_value", param: "regionId" }],
    [{ regionId: off.id }, { code: "invalid_value", param: "regionId" }],
    [{ instanceTypeId: "typ_none" }, { code: "invalid_value", param: "instanceTypeId" }],
    [{ regionId: far.id }, { code: "invalid_value", param: "instanceTypeId" }],
    [
      { regionId: far.id, instanceTypeId: closed.id },
      { code: "invalid_value", param: "instanceTypeId" },
    ],
    [
      { regionId: far.id, instanceTypeId: free.id },
      { code: "invalid_value", param: "instanceTypeId" },
    ],
  ];
  for (const [change, error] of cases) {
    await expect(deploy({ ctx: user, input: { ...order("refused"), ...change } }), JSON.stringify(change)).rejects.toMatchObject(error);
  }
  expect(await db.modelService.count()).toBe(before);
  await expect(deploy({ ctx: visitor(db), input: order("refused") })).rejects.toMatchObject({ code: "sign_in_required" });
});

test("two deploys of one name at once: one gets it; another workspace may have it too", async () => {
  const tries = await Promise.allSettled([1, 2, 3, 4].map(() => deploy({ ctx: user, input: order("race") })));
  expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  for (const one of tries) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "name_taken", param: "name" });
  await deploy({ ctx: other, input: order("race") });
  expect(await checkName({ ctx: user, input: { name: "race" } })).toEqual({ available: false });
  expect(await checkName({ ctx: user, input: { name: "race2" } })).toEqual({ available: true });
  expect(await database.db.auditEvent.count({ where: { data: { path: ["name"], equals: "race" } } })).toBe(2);
});

test("of two scales on one generation one wins and the other is told what it is now", async () => {
  const { id } = await deploy({ ctx: user, input: order("scaled") });
  for (let round = 0; round < 10; round++) {
    const { generation } = await getService({ ctx: user, input: { id } });
    const tries = await Promise.allSettled([1, 2].map((add) => scale({ ctx: user, input: { id, add, generation } })));
    const [lost, ...more] = tries.filter((one) => one.status === "rejected");
    expect(more).toEqual([]);
    const now = await getService({ ctx: user, input: { id } });
    expect(now.generation).toBe(generation + 1);
    const data = { generation: now.generation, wantedInstances: now.wantedInstances };
    expect(lost?.reason).toMatchObject({ code: "conflict", status: 409, data });
  }
  const events = await database.db.serviceEvent.count({ where: { serviceId: id, kind: "scale_requested" } });
  expect(events).toBe(10);
  expect(await database.db.auditEvent.count({ where: { targetId: id, action: "service.scale" } })).toBe(events);
});

test("each event says who or what made it, as its reader knows them", async () => {
  const { id } = await deploy({ ctx: user, input: order("events") });
  for (const actor of ["deployer", "cli", other.actor.userId]) {
    await database.db.serviceEvent.create({ data: { serviceId: id, kind: "service_running", actor } });
  }
  const { events } = await getService({ ctx: user, input: { id } });
  expect(events.map((event) => event.by)).toEqual(["member", "operator", "deployer", "you"]);
});

test("scaling keeps within its bounds and says them", async () => {
  const { id, generation } = await deploy({ ctx: user, input: order("bounded", 2) });
  const attempt = (add: number) => scale({ ctx: user, input: { id, add, generation } });
  await expect(attempt(0)).rejects.toMatchObject({ code: "invalid_value", param: "add" });
  await expect(attempt(-2)).rejects.toMatchObject({ code: "invalid_value", data: { min: 1, max: 1000, current: 2, result: 0 } });
  await expect(attempt(999)).rejects.toMatchObject({ code: "invalid_value", data: { result: 1001 } });
  expect(await attempt(-1)).toMatchObject({ wantedInstances: 1, generation: 2, events: [{ data: { from: 2, to: 1 } }, {}] });
  await expect(attempt(1)).rejects.toMatchObject({ code: "conflict", data: { generation: 2, wantedInstances: 1 } });
  await database.db.modelService.update({ where: { id }, data: { wanted: "stopped" } });
  await expect(scale({ ctx: user, input: { id, add: 1, generation: 2 } })).rejects.toMatchObject({ code: "conflict" });
});

test("deleting needs the exact name, happens once, and gives the name back when the deployer is done", async () => {
  const { id } = await deploy({ ctx: user, input: order("doomed") });
  for (const confirmName of ["", "Doomed", "doomed ", "doome"]) {
    await expect(remove({ ctx: user, input: { id, confirmName } })).rejects.toMatchObject({ code: "invalid_value", param: "confirmName" });
  }
  await Promise.all([1, 2, 3].map(() => remove({ ctx: user, input: { id, confirmName: "doomed" } })));
  const row = await database.db.modelService.findUniqueOrThrow({ where: { id } });
  expect(row).toMatchObject({ wanted: "deleted", generation: 2, deletedAt: null });
  expect(await database.db.serviceEvent.count({ where: { serviceId: id, kind: "delete_requested" } })).toBe(1);
  expect(await database.db.auditEvent.count({ where: { targetId: id, action: "service.delete" } })).toBe(1);
  await expect(scale({ ctx: user, input: { id, add: 1, generation: 2 } })).rejects.toMatchObject({ code: "conflict" });
  await expect(deploy({ ctx: user, input: order("doomed") })).rejects.toMatchObject({ code: "name_taken" });

  await database.db.modelService.update({ where: { id }, data: { state: "deleted", deletedAt: new Date() } });
  await expect(getService({ ctx: user, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  await expect(remove({ ctx: user, input: { id, confirmName: "doomed" } })).rejects.toMatchObject({ code: "not_found" });
  await deploy({ ctx: user, input: order("doomed") });
});

test("another workspace's service cannot be told from none", async () => {
  const { id, generation } = await deploy({ ctx: user, input: order("mine") });
  for (const target of [id, "svc_none"]) {
    const answers = await Promise.all(
      [
        getService({ ctx: other, input: { id: target } }),
        scale({ ctx: other, input: { id: target, add: 1, generation } }),
        remove({ ctx: other, input: { id: target, confirmName: "mine" } }),
      ].map((answer) => answer.catch((error: unknown) => error)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ code: "not_found", message: "There is no such service." });
  }
  const listed = await listServices({ ctx: other, input: serviceListQuery.parse({ search: "mine" }) });
  expect(listed).toMatchObject({ items: [], total: 0 });
  expect(await getService({ ctx: user, input: { id } })).toMatchObject({ generation: 1, wantedInstances: 1 });
});

test("lists are searched, filtered and paged, and count the ready instances alone", async () => {
  const ctx = await signedIn(visitor(database.db));
  const ids: string[] = [];
  for (const name of ["alpha", "beta-1", "beta-2"]) {
    ctx.now = () => new Date(Date.UTC(2030, 0, 1 + ids.length));
    ids.push((await deploy({ ctx, input: order(name, 3) })).id);
  }
  const [alpha, , beta2] = ids as [string, string, string];
  for (const [state, n] of [
    ["ready", 1],
    ["ready", 2],
    ["starting", 3],
    ["stopped", 4],
  ] as const)
    await addInstance(alpha, state, n);
  await database.db.modelService.update({
    where: { id: beta2 },
    data: { state: "running", reason: "from_the_future", reasonData: { n: 1 } },
  });

  const list = (query: object) => listServices({ ctx, input: serviceListQuery.parse(query) });
  const names = async (query: object) => (await list(query)).items.map((item) => item.name);
  const all = z.strictObject(serviceList.shape).parse(await list({}));
  expect(all.items.map((item) => [item.name, item.readyInstances])).toEqual([
    ["beta-2", 0],
    ["beta-1", 0],
    ["alpha", 2],
  ]);
  expect(all.items[0]).toMatchObject({ reason: "", reasonData: { n: 1 } });
  expect(await list({ pageSize: 2, page: 2 })).toMatchObject({ items: [{ name: "alpha" }], total: 3, page: 2, pageSize: 2 });
  expect(await names({ search: "BETA" })).toEqual(["beta-2", "beta-1"]);
  expect(await names({ search: "hydra-TINY" })).toHaveLength(3);
  expect(await names({ search: `${ctx.actor.workspaceName}/alpha` })).toEqual(["alpha"]);
  for (const search of ["%", "_", "\\", "beta_1"]) expect([search, await names({ search })]).toEqual([search, []]);
  expect(await names({ state: "running" })).toEqual(["beta-2"]);
  expect(await names({ sort: "name", order: "asc" })).toEqual(["alpha", "beta-1", "beta-2"]);
  expect(await names({ sort: "name", order: "desc", pageSize: 2 })).toEqual(["beta-2", "beta-1"]);
  expect(await names({ order: "asc" })).toEqual(["alpha", "beta-1", "beta-2"]);
  // All of one model: then as their ids say.
  expect(await names({ sort: "model", order: "asc" })).toHaveLength(3);
  expect(await names({ state: "pending", search: "beta" })).toEqual(["beta-1"]);
  const detail = z.strictObject(serviceDetail.shape).parse(await getService({ ctx, input: { id: alpha } }));
  expect(detail.instances.map((instance) => instance.state)).toEqual(["ready", "ready", "starting"]);
  expect(detail.instances[0]?.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:4000\d$/);

  // A request must fit whichever of the ready ones it meets.
  const started = (n: number, contextLength: number) =>
    database.db.instance.update({ where: { id: `ins_${alpha}_${n}` }, data: { contextLength } });
  await Promise.all([started(1, 900), started(2, 700), started(3, 300), started(4, 100)]);
  expect((await list({})).items.map((item) => item.contextLength)).toEqual([1024, 1024, 700]);
  expect(await getService({ ctx, input: { id: alpha } })).toMatchObject({ contextLength: 700, modelContextLength: 1024 });
});
