import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { newId } from "#lib/ids.ts";
import { makeCaller, makeService } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

function read(id: string | null, key = harness.caller.key, prefix = "/v1"): Promise<Response> {
  return fetch(`${harness.url}${prefix}/usage/${id}`, { headers: { authorization: `Bearer ${key}` } });
}

const chat = (script: Parameters<typeof wallPrompt>[0], more: object = {}) =>
  harness.post("/v1/chat/completions", { model: harness.model, messages: [{ role: "user", content: wallPrompt(script) }], ...more });

test.each(["/v1", ""])("each answer names its receipt, which is there at once: tokens × price version = amount (%s)", async (prefix) => {
  for (const stream of [false, true]) {
    const answer = await chat({ tokens: 7 }, { stream });
    const id = answer.headers.get("x-hydra-receipt");
    expect(id).toBe(answer.headers.get("x-request-id"));
    await answer.text();
    const response = await read(id, harness.caller.key, prefix);
    expect(response.status).toBe(200);
    const receipt = await response.json();
    const row = await harness.usage(id);
    expect(receipt).toMatchObject({
      object: "usage.receipt",
      id,
      key_id: harness.caller.keyId,
      model: "public/wall",
      route: "/v1/chat/completions",
      status: 200,
      outcome: "completed",
      error_code: null,
      source: "engine",
      usage: {
        prompt_tokens: row.inputTokens,
        cached_tokens: 0,
        completion_tokens: 7,
        reasoning_tokens: 0,
        total_tokens: row.inputTokens + 7,
        images: 0,
      },
      currency: "CNY",
      price_id: row.tokenPriceId,
    });
    expect(receipt.lines).toEqual([
      { unit: "input_token", quantity: row.inputTokens, price_nano: "100", amount_nano: String(row.inputTokens * 100) },
      { unit: "output_token", quantity: 7, price_nano: "200", amount_nano: "1400" },
    ]);
    const sum = receipt.lines.reduce((total: bigint, line: { amount_nano: string }) => total + BigInt(line.amount_nano), 0n);
    expect([receipt.cost_nano, receipt.charge_nano]).toEqual([String(sum), String(row.chargeNano)]);
  }
});

test("cached and reasoning tokens are told as parts of the prompt and of the answer", async () => {
  const answer = await chat({ tokens: 4, reasoning: ["a", "b", "c"], cached: 1 });
  await answer.text();
  const receipt = await (await read(answer.headers.get("x-hydra-receipt"))).json();
  const row = await harness.usage(receipt.id);
  expect(receipt.usage).toMatchObject({ cached_tokens: 1, completion_tokens: 7, reasoning_tokens: 3, total_tokens: row.inputTokens + 7 });
  expect(receipt.lines).toEqual([
    expect.objectContaining({ unit: "input_token", quantity: row.inputTokens - 1 }),
    expect.objectContaining({ unit: "cached_input_token", quantity: 1 }),
    expect.objectContaining({ unit: "output_token", quantity: 7 }),
  ]);
});

test("a call that failed has one too, and it costs nothing", async () => {
  const answer = await chat({ fault: "status", status: 500 });
  const error = await refusalOf(answer);
  const receipt = await (await read(error.headers.get("x-hydra-receipt"))).json();
  expect(receipt).toMatchObject({
    outcome: "upstream_error",
    error_code: "upstream_error",
    source: "none",
    lines: [],
    cost_nano: "0",
    charge_nano: "0",
  });
});

test("a call on one's own instances has no price", async () => {
  const { db } = harness.database;
  const owner = await makeCaller(db);
  await makeService(db, { owner, name: "own", billing: "instance", endpoints: [harness.wall.url] });
  const body = { model: `${owner.workspaceName}/own`, messages: [{ role: "user", content: "hi" }] };
  const answer = await harness.post("/v1/chat/completions", body, { authorization: `Bearer ${owner.key}` });
  await answer.text();
  const receipt = await (await read(answer.headers.get("x-hydra-receipt"), owner.key)).json();
  expect(receipt).toMatchObject({ price_id: null, lines: [], cost_nano: "0", usage: { completion_tokens: 5 } });
});

test("another's, an unknown one, a malformed one and a refused call's are the same 404", async () => {
  const answer = await chat({});
  await answer.text();
  const id = answer.headers.get("x-hydra-receipt");
  expect((await read(id)).status).toBe(200);
  const other = await makeCaller(harness.database.db);
  const refused = await harness.post("/v1/chat/completions", { model: "public/none", messages: [{ role: "user", content: "a" }] });
  expect(refused.headers.get("x-hydra-receipt")).toBeNull();
  const answers = await Promise.all([
    read(id, other.key),
    read(newId("req")),
    read("req_1"),
    read("' OR 1=1 --"),
    read(refused.headers.get("x-request-id")),
  ]);
  const errors = await Promise.all(answers.map(refusalOf));
  for (const error of errors) expect([error.status, error.code, error.text]).toEqual([404, "not_found", errors[0]?.text]);
  expect((await refusalOf(await fetch(`${harness.url}/v1/usage/${id}`))).status).toBe(401);
});
