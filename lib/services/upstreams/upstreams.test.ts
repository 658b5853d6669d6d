import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { AddUpstreamInput } from "#lib/contracts/upstreams.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { setTokenPrice } from "../catalog/set-token-price.ts";
import type { Context } from "../context.ts";
import { listModels } from "../models/list.ts";
import { listRegions } from "../models/regions.ts";
import { signedIn, visitor } from "../test-context.ts";
import { addUpstream } from "./add.ts";
import { findUpstream } from "./find.ts";
import { listUpstreams } from "./list.ts";
import { removeUpstream } from "./remove.ts";

let database: TestDatabase;
let cli: Context;
const secret = "a secret of at least 32 characters";
const credential = "sk-vendor-canary-0123456789";

beforeAll(async () => {
  database = await createTestDatabase();
  cli = { ...visitor(database.db), cli: true };
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.instance.deleteMany({ where: { upstreamEndpointId: { not: null } } });
  await database.db.upstreamEndpoint.deleteMany();
  await database.db.serviceEvent.deleteMany({ where: { service: { region: { driver: "upstream" } } } });
  await database.db.modelService.deleteMany({ where: { region: { driver: "upstream" } } });
});

const input = (change: Partial<AddUpstreamInput> = {}): AddUpstreamInput => ({
  model: "deepseek-r1",
  url: "https://api.example.com",
  upstreamModel: "deepseek-reasoner",
  ...change,
});
const add = (change: Partial<AddUpstreamInput> = {}, ctx = cli) => addUpstream({ ctx, secret, input: input(change) });
const service = (name = "deepseek-r1") =>
  database.db.modelService.findFirstOrThrow({
    where: { name, deletedAt: null },
    include: { region: true, instanceType: true, events: { orderBy: { id: "asc" } } },
  });

test("the first endpoint makes the public service, in a region where nobody can deploy; the next one joins it", async () => {
  const first = await add({ credential });
  expect(first).toMatchObject({ created: true, serviceCreated: true, priced: true });
  expect(first.upstream).toMatchObject({
    accessName: "public/deepseek-r1",
    url: "https://api.example.com/v1",
    hasCredential: true,
    weight: 1,
    maxConcurrency: null,
    state: null,
  });
  const made = await service();
  expect(made).toMatchObject({ billing: "token", wanted: "running", wantedInstances: 1, region: { driver: "upstream", name: "upstream" } });
  const user = await signedIn(visitor(database.db));
  const offered = (await listRegions({ ctx: user })).items.flatMap((region) => region.instanceTypes.map((type) => type.id));
  expect(offered).not.toContain(made.instanceTypeId);

  const second = await add({ url: "http://10.0.0.7:8000/v1", weight: 3, maxConcurrency: 8, probePath: "health" });
  expect(second).toMatchObject({ created: true, serviceCreated: false });
  expect(await service()).toMatchObject({ id: made.id, wantedInstances: 2, generation: made.generation + 1 });
  expect((await listUpstreams({ ctx: cli, input: {} })).items.map((one) => one.id)).toEqual([first.upstream.id, second.upstream.id]);
  expect((await listUpstreams({ ctx: cli, input: { model: "deepseek-v3" } })).items).toEqual([]);
});

test("two that add the first endpoints at once make one service", async () => {
  const added = await Promise.all([1, 2, 3, 4].map((n) => add({ url: `https://host-${n}.example.com` })));
  expect(added.filter((one) => one.serviceCreated)).toHaveLength(1);
  expect(await service()).toMatchObject({ wantedInstances: 4 });
});

test("the credential is told to nobody: sealed in its row, in no view, no audit row and no error", async () => {
  const added = await add({ credential });
  const again = await add({ credential: `${credential}-2`, weight: 2 });
  await expect(add({ credential: `${credential} two words` })).rejects.toThrow();
  const { db } = database;
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT relname AS "name" FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const rows = await Promise.all(
    tables.map(({ name }) => db.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS "row" FROM "${name}" t`)),
  );
  const everything = JSON.stringify([added, again, await listUpstreams({ ctx: cli, input: {} }), rows]);
  expect(everything).toContain(added.upstream.id);
  for (const form of [credential, Buffer.from(credential).toString("hex"), Buffer.from(credential).toString("base64").slice(0, 20)]) {
    expect(everything).not.toContain(form);
  }
  const audit = await db.auditEvent.findMany({ where: { targetId: added.upstream.id }, orderBy: { id: "asc" } });
  expect(audit.map((event) => [event.action, (event.data as { credential: string }).credential])).toEqual([
    ["upstream.add", "set"],
    ["upstream.change", "replaced"],
  ]);
  expect(await findUpstream({ db, secret, id: added.upstream.id })).toMatchObject({
    credential: `${credential}-2`,
    unreadable: false,
  });
  expect(await findUpstream({ db, secret: `${secret}!`, id: added.upstream.id })).toMatchObject({ credential: null, unreadable: true });
});

test("added again, it is changed: what is left out stays, and what waited for its next try need not", async () => {
  const { upstream } = await add({ credential, weight: 5, maxConcurrency: 2 });
  const { db } = database;
  const { id: serviceId, generation } = await service();
  const token = { token: "t", state: "backoff", failures: 7, retryAt: new Date(Date.now() + 300_000) } as const;
  await db.instance.create({ data: { id: newId("ins"), serviceId, upstreamEndpointId: upstream.id, ...token } });

  const kept = await add({ weight: 6 });
  expect(kept).toMatchObject({ created: false, upstream: { id: upstream.id, weight: 6, maxConcurrency: 2, hasCredential: true } });
  expect(await db.instance.findFirst({ where: { serviceId } })).toMatchObject({ failures: 0, retryAt: null });
  expect(await add({ credential: null, maxConcurrency: null })).toMatchObject({ upstream: { hasCredential: false, maxConcurrency: null } });
  expect(await service()).toMatchObject({ generation, wantedInstances: 1 });
});

test("removed, its credential is gone; without its last endpoint the service stops, and starts with the next", async () => {
  const one = await add({ credential });
  const two = await add({ url: "https://other.example.com", credential });
  await removeUpstream({ ctx: cli, input: { id: one.upstream.id } });
  expect(await service()).toMatchObject({ wanted: "running", wantedInstances: 1 });
  expect(await database.db.upstreamEndpoint.findUnique({ where: { id: one.upstream.id } })).toMatchObject({
    enabled: false,
    credentialCipher: null,
  });
  expect(await findUpstream({ db: database.db, secret, id: one.upstream.id })).toBeNull();
  await expect(removeUpstream({ ctx: cli, input: { id: one.upstream.id } })).rejects.toMatchObject({ code: "not_found" });

  await removeUpstream({ ctx: cli, input: { id: two.upstream.id } });
  expect(await service()).toMatchObject({ wanted: "stopped" });
  expect((await listUpstreams({ ctx: cli, input: {} })).items).toEqual([]);
  const again = await add({ credential });
  expect(again.upstream.id).not.toBe(one.upstream.id);
  const row = await service();
  expect(row).toMatchObject({ wanted: "running", wantedInstances: 1 });
  expect(row.events.map((event) => event.kind).sort()).toEqual(
    ["scale_requested", "scale_requested", "service_created", "start_requested", "stop_requested"].sort(),
  );
});

test("removals at once leave the right number", async () => {
  const ids = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(async (n) => (await add({ url: `https://host-${n}.example.com` })).upstream.id));
  await Promise.all(ids.slice(1).map((id) => removeUpstream({ ctx: cli, input: { id } })));
  const { events, ...row } = await service();
  expect(row).toMatchObject({ wanted: "running", wantedInstances: 1 });
  const steps = events.slice(-6).map((event) => event.data as { from: number; to: number });
  expect(steps.toSorted((a, b) => b.from - a.from)).toEqual([7, 6, 5, 4, 3, 2].map((from) => ({ from, to: from - 1 })));
});

test("nothing waits for rows that refer to the service, or would be in its turn: usage is written all the time", async () => {
  const { upstream } = await add();
  const { id: serviceId } = await service();
  // What the writing of a usage record locks, for as long as it lasts.
  await database.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "models" WHERE "slug" = 'deepseek-r1' FOR KEY SHARE`;
      await tx.$queryRaw`SELECT 1 FROM "model_services" WHERE "id" = ${serviceId} FOR KEY SHARE`;
      await add({ url: "https://other.example.com" });
      await removeUpstream({ ctx: cli, input: { id: upstream.id } });
    },
    { timeout: 10_000 },
  );
  expect(await service()).toMatchObject({ wantedInstances: 1 });
});

test("a model whose price is not set is said to be, and one that was dedicated alone is offered by token", async () => {
  const model = await database.db.model.findFirstOrThrow({ where: { offersToken: false, workspaceId: null } });
  const added = await add({ model: model.slug });
  expect(added).toMatchObject({ priced: false });
  const shown = async () => (await listModels({ ctx: cli })).items.find((item) => item.slug === model.slug);
  expect(await shown()).toMatchObject({ hosting: { token: true }, tryUnavailable: "not_offered" });
  const price = { model: model.slug, inputNano: 4_000n, cachedInputNano: null, outputNano: 16_000n, imageNano: null, effectiveFrom: null };
  await setTokenPrice({ ctx: cli, input: price });
  expect(await shown()).toMatchObject({ tokenPrice: { inputNano: "4000", cachedInputNano: "4000" }, tryUnavailable: "not_ready" });
  const { id: serviceId } = await service(model.slug);
  const ready = { token: "t", state: "ready", endpoint: added.upstream.url, readyAt: new Date() } as const;
  await database.db.instance.create({ data: { id: newId("ins"), serviceId, upstreamEndpointId: added.upstream.id, ...ready } });
  expect(await shown()).toMatchObject({ tryUnavailable: null });
  expect(await add({ model: model.slug })).toMatchObject({ priced: true, upstream: { state: "ready" } });
});

test("an image model needs the price of an image", async () => {
  const { id: _, ...facts } = await database.db.model.findUniqueOrThrow({ where: { slug: "deepseek-r1" } });
  await database.db.model.create({ data: { ...facts, id: newId("mdl"), slug: "painter", kind: "image_generation" } });
  const price = { model: "painter", inputNano: 1n, cachedInputNano: null, outputNano: 1n, imageNano: null, effectiveFrom: null };
  await expect(setTokenPrice({ ctx: cli, input: price })).rejects.toMatchObject({ code: "missing_required_parameter", param: "image" });
  expect(await add({ model: "painter" })).toMatchObject({ priced: false });
  await setTokenPrice({ ctx: cli, input: { ...price, imageNano: 200_000_000n } });
  expect(await add({ model: "painter" })).toMatchObject({ priced: true });
  const later = { ...price, imageNano: 1n, effectiveFrom: new Date("2099-01-01") };
  await setTokenPrice({ ctx: cli, input: later });
  await expect(setTokenPrice({ ctx: cli, input: later })).rejects.toMatchObject({ code: "conflict" });
  await expect(setTokenPrice({ ctx: cli, input: { ...price, model: "nothing" } })).rejects.toMatchObject({ code: "not_found" });
  const user = await signedIn(visitor(database.db));
  await expect(setTokenPrice({ ctx: user, input: later })).rejects.toMatchObject({ code: "insufficient_permissions" });
  const past = { ...price, imageNano: 1n, effectiveFrom: new Date(0) };
  await expect(setTokenPrice({ ctx: cli, input: past })).rejects.toMatchObject({ code: "invalid_value", param: "from" });
});

test("only operators, only the catalog's models, only services that stand on upstreams", async () => {
  const user = await signedIn(visitor(database.db));
  const operator = await signedIn(visitor(database.db), { operator: true });
  await expect(add({}, visitor(database.db))).rejects.toMatchObject({ code: "sign_in_required" });
  await expect(add({}, user)).rejects.toMatchObject({ code: "insufficient_permissions" });
  const { upstream } = await add({}, operator);
  await expect(listUpstreams({ ctx: user, input: {} })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(removeUpstream({ ctx: user, input: { id: upstream.id } })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(add({ model: "nothing" })).rejects.toMatchObject({ code: "not_found", param: "model" });
  await expect(add({ model: "hydra-tiny" })).rejects.toMatchObject({ code: "conflict", param: "model" });
  await expect(add({ url: "file:///etc/passwd" })).rejects.toMatchObject({ code: "invalid_value", param: "url" });
  const { id: _, ...facts } = await database.db.model.findUniqueOrThrow({ where: { slug: "deepseek-r1" } });
  await database.db.model.create({
    data: {
      ...facts,
      id: newId("mdl"),
      slug: "of-a-user",
      offersToken: false,
      offersDedicated: true,
      hot: false,
      workspaceId: user.actor.workspaceId,
    },
  });
  await expect(add({ model: "of-a-user" })).rejects.toMatchObject({ code: "not_found" });
});

test("with another secret than the one that credentials are sealed with, nothing is added", async () => {
  await add({ credential });
  const wrong = addUpstream({ ctx: cli, secret: `${secret}!`, input: input({ credential, url: "https://other.example.com" }) });
  await expect(wrong).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("HYDRA_SECRET") });
});
