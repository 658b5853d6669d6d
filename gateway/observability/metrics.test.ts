import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { sendRaw } from "#gateway/testing/refusal.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { createMetrics } from "./metrics.ts";

let harness: Harness;
let base: string;

beforeAll(async () => {
  harness = await startHarness();
  base = `http://127.0.0.1:${await harness.gateway.listenObservability(0)}`;
});
afterAll(() => harness.close());

const chat = (script: Parameters<typeof wallPrompt>[0], more: object = {}) =>
  harness.post("/v1/chat/completions", { model: harness.model, messages: [{ role: "user", content: wallPrompt(script) }], ...more });

async function figures(): Promise<string> {
  return (await fetch(`${base}/metrics`)).text();
}

/** The value of a series whose labels hold all of these; 0 where there is none. */
async function figure(name: string, labels: Record<string, string> = {}): Promise<number> {
  const lines = (await figures()).split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const found = lines.filter((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)));
  return found.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

test("calls are counted under the names that GenAI conventions have", async () => {
  await (await chat({ tokens: 6, delayMs: 5 }, { stream: true })).text();
  await (await chat({ tokens: 6 })).text();
  await (await chat({ fault: "status", status: 500 })).text();
  const model = { gen_ai_operation_name: "chat", gen_ai_provider_name: "hydra", gen_ai_request_model: "public/wall" };
  await expect.poll(() => figure("gen_ai_server_request_duration_seconds_count", model)).toBe(3);
  expect(await figure("gen_ai_server_request_duration_seconds_count", { ...model, error_type: "upstream_error" })).toBe(1);
  expect(await figure("gen_ai_server_time_to_first_token_seconds_count", model)).toBe(2);
  expect(await figure("gen_ai_server_time_per_output_token_seconds_count", model)).toBe(2);
  expect(await figure("gen_ai_client_token_usage_sum", { ...model, gen_ai_token_type: "output" })).toBe(12);
  expect(await figure("hydra_requests_total", { route: "/v1/chat/completions", status: "200", code: "" })).toBe(2);
  expect(await figure("hydra_requests_total", { route: "/v1/chat/completions", status: "502", code: "upstream_error" })).toBe(1);
});

test("refusals are counted by code, and leave no row", async () => {
  // The rows of the calls before may still be on their way.
  const rows = 3;
  await expect.poll(() => harness.database.db.usageRecord.count()).toBe(rows);
  const before = await figure("hydra_refusals_total");
  await chat({}, { model: "public/none" });
  await chat({}, { n: 99 });
  await harness.post("/v1/chat/completions", {}, { authorization: "Bearer none" });
  await fetch(`${harness.url}/nowhere`);
  await sendRaw(harness.port, "hello\r\n\r\n");
  await expect.poll(() => figure("hydra_refusals_total")).toBe(before + 5);
  for (const code of ["model_not_found", "invalid_value", "invalid_api_key", "not_found", "bad_request"]) {
    expect(await figure("hydra_refusals_total", { code }), code).toBe(1);
  }
  expect(await harness.database.db.usageRecord.count()).toBe(rows);
});

test("what is in flight shows while it is", async () => {
  const stream = await chat({ tokens: 40, delayMs: 10 }, { stream: true });
  expect([await figure("hydra_requests_in_flight"), await figure("hydra_calls_in_flight")]).toEqual([1, 1]);
  await stream.text();
  await expect.poll(() => figure("hydra_calls_in_flight")).toBe(0);
});

test("a client that left is counted with the tokens it got", async () => {
  const leaving = new AbortController();
  const response = await fetch(`${harness.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
    body: JSON.stringify({
      model: harness.model,
      stream: true,
      messages: [{ role: "user", content: wallPrompt({ tokens: 400, delayMs: 5 }) }],
    }),
    signal: leaving.signal,
  });
  const before = await figure("gen_ai_client_token_usage_sum", { gen_ai_token_type: "output" });
  await response.body?.getReader().read();
  leaving.abort();
  await expect.poll(() => figure("gen_ai_client_token_usage_sum", { gen_ai_token_type: "output" })).toBeGreaterThan(before);
});

test("the process's own figures are there: memory, processor, the event loop's lag", async () => {
  for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "nodejs_eventloop_lag_p99_seconds"]) {
    expect(await figure(name), name).toBeGreaterThan(0);
  }
});

test("journal, leases and snapshot are told as they stand", async () => {
  expect([await figure("hydra_usage_has_room"), await figure("hydra_journal_failing"), await figure("hydra_snapshot_lease")]).toEqual([
    1, 0, 1,
  ]);
  const stream = await chat({ tokens: 40, delayMs: 10 }, { stream: true });
  expect(await figure("hydra_credit_held_nano")).toBeGreaterThan(0);
  expect(await figure("hydra_credit_leased_nano")).toBeGreaterThanOrEqual(await figure("hydra_credit_held_nano"));
  await stream.text();
  await expect
    .poll(async () => [
      await figure("hydra_credit_held_nano"),
      await figure("hydra_credit_unsettled_nano"),
      await figure("hydra_usage_waiting"),
    ])
    .toEqual([0, 0, 0]);
});

test("probes answer here as on the gateway's own port; nothing else is here, and no figures are there", async () => {
  for (const path of ["/healthz", "/readyz"]) {
    expect((await fetch(`${base}${path}`)).status).toBe(200);
    expect((await fetch(`${harness.url}${path}`)).status).toBe(200);
  }
  expect((await fetch(`${base}/v1/models`)).status).toBe(404);
  expect((await fetch(`${base}/metrics`, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${harness.url}/metrics`)).status).toBe(404);
});

test("names beyond a bound are counted together", async () => {
  const metrics = createMetrics();
  const call = { inputTokens: 1, outputTokens: 1, firstTokenSeconds: null };
  for (let number = 0; number < 600; number++) {
    metrics.requestEnded({ route: "/v1/embeddings", status: 200, errorCode: null, seconds: 1, call: { ...call, model: `u/${number}` } });
  }
  const counts = (await metrics.text()).split("\n").filter((line) => line.startsWith("gen_ai_server_request_duration_seconds_count"));
  expect(counts).toHaveLength(501);
  expect(counts.find((line) => line.includes('gen_ai_request_model="other"'))).toMatch(/ 100$/);
});
