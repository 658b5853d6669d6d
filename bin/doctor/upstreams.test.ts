import { afterAll, beforeAll, expect, test } from "vitest";
import { parseConfig } from "#lib/config.ts";
import { newId } from "#lib/ids.ts";
import { visitor } from "#lib/services/test-context.ts";
import { addUpstream } from "#lib/services/upstreams/add.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { checkUpstreams } from "./upstreams.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("hydra doctor names endpoints that are not well, and credentials that its secret cannot read", async () => {
  const { db } = database;
  const secret = "a secret of at least 32 characters";
  const config = parseConfig({ HYDRA_SECRET: secret });
  expect(await checkUpstreams(db, config)).toMatchObject({ verdict: "ok" });

  const input = { model: "deepseek-r1", url: "https://api.example.com", upstreamModel: "r1", credential: "sk-canary" };
  const { upstream } = await addUpstream({ ctx: { ...visitor(db), cli: true }, secret, input });
  expect(await checkUpstreams(db, config)).toMatchObject({
    verdict: "warn",
    says: expect.stringContaining(`${upstream.id} of public/deepseek-r1`),
  });
  const { serviceId } = await db.upstreamEndpoint.findUniqueOrThrow({ where: { id: upstream.id } });
  const ready = { state: "ready", token: "t", endpoint: upstream.url, readyAt: new Date() } as const;
  await db.instance.create({ data: { id: newId("ins"), serviceId, upstreamEndpointId: upstream.id, ...ready } });
  expect(await checkUpstreams(db, config)).toMatchObject({ verdict: "ok", says: "endpoints of others: 1, all well" });
  await db.instance.updateMany({ where: { serviceId }, data: { state: "backoff", reason: "upstream_unauthorized" } });
  expect(await checkUpstreams(db, config)).toMatchObject({ verdict: "warn", says: expect.stringContaining("upstream_unauthorized") });

  const other = parseConfig({ HYDRA_SECRET: `${secret}!` });
  expect(await checkUpstreams(db, other)).toMatchObject({
    verdict: "fail",
    says: expect.stringContaining(upstream.id),
    advice: expect.stringContaining("HYDRA_SECRET"),
  });
});
