import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHarness, testSecret } from "#gateway/testing/harness.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { openGateway } from "../open.ts";

test("what one gateway has charged is seen by the other within about a second, and a restarted one knows it at once", async () => {
  const harness = await startHarness();
  const { database, caller } = harness;
  const dataDir = await mkdtemp(join(tmpdir(), "hydra-second-"));
  const open = async () => {
    const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" };
    const logger = createLogger("gateway", { level: "silent", format: "json" });
    const gateway = openGateway({ databaseUrl: database.url, dataDir, secret: testSecret, settings, logger });
    return { gateway, port: await gateway.listen(0, "127.0.0.1") };
  };
  const ask = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
      body: JSON.stringify({ model: harness.model, messages: [{ role: "user", content: "hello" }], max_tokens: 5 }),
    });
    const body = await response.json();
    return body.error?.code ?? "ok";
  };
  // A call holds (5 + 16) × 100 + 5 × 200 = 3,100 and costs 100 + 1,000.
  await database.db.apiKey.update({ where: { id: caller.keyId }, data: { budgetDayNano: 3_100n + 2n * 1_100n } });
  await harness.caughtUp();
  const second = await open();
  expect(await ask(second.port)).toBe("ok");
  const outcomes = [await ask(harness.port), await ask(harness.port)];
  expect(outcomes).toEqual(["ok", "ok"]);
  await expect.poll(() => ask(second.port), { timeout: 3_000, interval: 200 }).toBe("budget_exceeded");
  await second.gateway.close();
  const restarted = await open();
  expect(await ask(restarted.port)).toBe("budget_exceeded");
  await restarted.gateway.close();
  await harness.close();
  await rm(dataDir, { recursive: true });
});
