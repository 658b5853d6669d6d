import { expect, test } from "vitest";
import { wallPrompt } from "#test/wall/script.ts";
import { readEvents, startHarness } from "./testing/harness.ts";

test("15: a stream that outlasts the drain time gets an error event, a whole answer a 503; both are metered", async () => {
  const harness = await startHarness({ drainMs: 300 });
  const body = { model: harness.model, messages: [{ role: "user", content: wallPrompt({ tokens: 5_000, delayMs: 5 }) }] };
  const stream = await harness.post("/v1/chat/completions", { ...body, stream: true });
  const whole = harness.post("/v1/chat/completions", body);
  await expect.poll(() => harness.wall.calls.length).toBe(2);
  await expect.poll(() => harness.wall.calls.every((call) => call.emitted > 0)).toBe(true);
  const closing = harness.gateway.close();
  const { data } = readEvents(await stream.text());
  expect(JSON.parse(data.at(-1) ?? "").error.code).toBe("shutting_down");
  const refused = await whole;
  expect([refused.status, (await refused.json()).error.code]).toEqual([503, "shutting_down"]);
  expect(await closing).toBe(0);
  for (const call of harness.wall.calls) {
    expect(await harness.usage(call.requestId)).toMatchObject({ outcome: "upstream_error", errorCode: "shutting_down" });
  }
  await harness.wall.close();
  await harness.database.drop();
});
