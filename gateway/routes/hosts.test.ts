import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";

let harness: Harness;
let dedicated: string;

beforeAll(async () => {
  harness = await startHarness({}, { domain: "d.example" });
  await makeSurfaceService(harness, { name: "mine", owner: harness.caller, region: "sh-02" });
  await makeSurfaceService(harness, { name: "far", owner: harness.caller, region: "bj-01" });
  dedicated = `${harness.caller.workspaceName}/mine`;
});
afterAll(() => harness.close());

interface Told {
  status: number;
  body: { error?: { code: string; message: string; param: string | null }; data?: { id: string }[] };
}

/** A request with a Host of its own, which fetch does not allow. */
function ask(host: string, path: string, body?: object): Promise<Told> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${harness.caller.key}`, ...(body ? { "content-type": "application/json" } : {}) };
    const outgoing = request({ port: harness.port, host: "127.0.0.1", path, method: body ? "POST" : "GET", headers }, async (response) => {
      let text = "";
      for await (const piece of response) text += piece;
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
    outgoing.on("error", reject).end(body && JSON.stringify(body));
  });
}

const call = (host: string, model: string) => ask(host, "/v1/chat/completions", { model, messages: [{ role: "user", content: "a" }] });

describe.each(["d.example", "localhost:1234", "127.0.0.1"])("%s", (host) => {
  test("serves everything", async () => {
    for (const model of [harness.model, dedicated, `${harness.caller.workspaceName}/far`])
      expect((await call(host, model)).status).toBe(200);
  });
});

test("chat. serves what is billed by token, a region's host its own; the wrong one names the right one", async () => {
  expect((await call("chat.d.example", harness.model)).status).toBe(200);
  expect((await call("sh-02.d.example:443", dedicated)).status).toBe(200);
  for (const [host, model, right] of [
    ["chat.d.example", dedicated, "https://sh-02.d.example/v1"],
    ["bj-01.d.example", dedicated, "https://sh-02.d.example/v1"],
    ["sh-02.d.example", harness.model, "https://chat.d.example/v1"],
  ] as const) {
    const { status, body } = await call(host, model);
    expect([status, body.error?.code, body.error?.param]).toEqual([404, "model_not_found", "model"]);
    expect(body.error?.message).toContain(right);
  }
});

test("a stranger learns of no endpoint: another's service stays the plain 404 on every host", async () => {
  const model = "u-000000000000/mine";
  const { body } = await call("chat.d.example", model);
  expect(body.error?.message).not.toContain("https://");
});

test("lists hold what the host serves", async () => {
  const ids = async (host: string) => (await ask(host, "/v1/models")).body.data?.map(({ id }) => id) ?? [];
  expect(await ids("sh-02.d.example")).toEqual([dedicated]);
  expect(await ids("chat.d.example")).toEqual([harness.model]);
  expect(await ids("d.example")).toEqual(expect.arrayContaining([harness.model, dedicated]));
});

test.each(["evil.example", "xx-99.d.example", "chat.d.example.evil.example", "chat.localhost"])(
  "%s is 421, before key and route",
  async (host) => {
    for (const path of ["/v1/models", "/nowhere"]) {
      const { status, body } = await ask(host, path);
      expect([status, body.error?.code]).toEqual([421, "invalid_host"]);
      expect(body.error?.message).not.toContain("evil");
    }
  },
);
