import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";
import { makeCaller } from "#test/gateway-factory.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({}, { domain: "d.example" });
});
afterAll(() => harness.close());

interface Told {
  status: number;
  code: string | null;
  /** Of the client's end of the connection. */
  port: number | undefined;
}

/** Calls one after the other, on one connection. */
function oneConnection() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (body: string, headers: Record<string, string>, path = "/v1/chat/completions") =>
    new Promise<Told>((resolve, reject) => {
      const all = { host: "d.example", "content-type": "application/json", ...headers };
      const outgoing = request({ port: harness.port, host: "127.0.0.1", path, method: "POST", headers: all, agent }, async (response) => {
        const { localPort: port } = response.socket;
        let text = "";
        for await (const piece of response) text += piece;
        resolve({ status: response.statusCode ?? 0, code: JSON.parse(text).error?.code ?? null, port });
      });
      outgoing.on("error", reject).end(body);
    });
  return { ask, end: () => agent.destroy() };
}

const bodyOf = (model: string, content: string) => JSON.stringify({ model, messages: [{ role: "user", content }] });

test("each request of a connection is answered as if it were the first: by its own length, key, path, type and host", async () => {
  const { ask, end } = oneConnection();
  const authorization = `Bearer ${harness.caller.key}`;
  const other = `Bearer ${(await makeCaller(harness.database.db)).key}`;
  const wrong = `${authorization.slice(0, -1)}${authorization.endsWith("a") ? "b" : "a"}`;
  await makeSurfaceService(harness, { name: "mine", owner: harness.caller, region: "sh-02" });
  const mine = `${harness.caller.workspaceName}/mine`;
  const told: Told[] = [];
  const expectAnswer = async (asking: Promise<Told>, status: number, code: string | null = null) => {
    const answer = await asking;
    expect([answer.status, answer.code]).toEqual([status, code]);
    told.push(answer);
  };
  for (let round = 0; round < 2; round++) {
    for (const content of ["a", "longer ".repeat(200), "é", "a"])
      await expectAnswer(ask(bodyOf(harness.model, content), { authorization }), 200);
    await expectAnswer(ask(bodyOf(mine, "a"), { authorization }), 200);
    await expectAnswer(ask(bodyOf(mine, "a"), { authorization: other }), 404, "model_not_found");
    await expectAnswer(ask(bodyOf(harness.model, "a"), { authorization: wrong }), 401, "invalid_api_key");
    await expectAnswer(ask(bodyOf(harness.model, "a"), {}), 401, "invalid_api_key");
    await expectAnswer(ask(bodyOf(harness.model, "a"), { authorization }, "/v1/models"), 405, "method_not_allowed");
    await expectAnswer(ask(bodyOf(harness.model, "a"), { authorization, "content-type": "text/plain" }), 415, "unsupported_media_type");
    await expectAnswer(ask(bodyOf(mine, "a"), { authorization, host: "chat.d.example" }), 404, "model_not_found");
    await expectAnswer(ask(bodyOf(mine, "a"), { authorization, host: "sh-02.d.example" }), 200);
    await expectAnswer(ask(bodyOf(mine, "a"), { authorization, host: "none.d.example" }), 421, "invalid_host");
  }
  expect(new Set(told.map(({ port }) => port)).size).toBe(1);
  end();
});

test("what has been taken away since the request before is gone: the key, and the region whose host was asked", async () => {
  const { db } = harness.database;
  const { ask, end } = oneConnection();
  const owner = await makeCaller(db);
  await makeSurfaceService(harness, { name: "far", owner, region: "bj-01" });
  const call = () => ask(bodyOf(`${owner.workspaceName}/far`, "a"), { authorization: `Bearer ${owner.key}`, host: "bj-01.d.example" });
  expect(await call()).toMatchObject({ status: 200 });
  expect(await call()).toMatchObject({ status: 200 });
  await db.region.update({ where: { name: "bj-01" }, data: { name: "bj-02" } });
  await harness.caughtUp();
  expect(await call()).toMatchObject({ status: 421, code: "invalid_host" });
  await db.region.update({ where: { name: "bj-02" }, data: { name: "bj-01" } });
  await harness.caughtUp();
  expect(await call()).toMatchObject({ status: 200 });
  await db.apiKey.update({ where: { id: owner.keyId }, data: { revokedAt: new Date() } });
  await harness.caughtUp();
  expect(await call()).toMatchObject({ status: 401, code: "invalid_api_key" });
  end();
});
