import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { engineProcesses, expect, newKey, newService, test } from "./fixtures.ts";

async function chat(gatewayUrl: string, key: string, model: string): Promise<number> {
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.body?.cancel();
  return response.status;
}

/** A gateway hears of a service that has come to run within a second. */
async function untilServed(gatewayUrl: string, key: string, model: string): Promise<void> {
  await expect.poll(() => chat(gatewayUrl, key, model), { timeout: 2_000, intervals: [50] }).toBe(200);
}

test("a killed instance is replaced within five seconds and calls go on", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const service = await newService(page, installation, "healing");
  const [pid] = engineProcesses(service.id);
  await untilServed(installation.gatewayUrl, key, service.accessName);
  process.kill(Number(pid), "SIGKILL");
  const killedAt = performance.now();
  await expect
    .poll(
      async () => {
        const [now] = engineProcesses(service.id);
        return now !== undefined && now !== pid && (await chat(installation.gatewayUrl, key, service.accessName)) === 200;
      },
      { timeout: 10_000, intervals: [100] },
    )
    .toBe(true);
  expect(performance.now() - killedAt).toBeLessThan(5_000);
});

test("a killed deployer leaves instances serving and finds the same processes again", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const service = await newService(page, installation, "orphaned", 2);
  const before = engineProcesses(service.id).sort();
  expect(before).toHaveLength(2);
  await untilServed(installation.gatewayUrl, key, service.accessName);
  const deployer = await deployerPid(installation.dataDir);
  process.kill(deployer, "SIGKILL");
  expect(await chat(installation.gatewayUrl, key, service.accessName)).toBe(200);
  await expect.poll(() => deployerPid(installation.dataDir).catch(() => deployer), { timeout: 20_000 }).not.toBe(deployer);
  expect(await chat(installation.gatewayUrl, key, service.accessName)).toBe(200);
  expect(engineProcesses(service.id).sort()).toEqual(before);
});

async function deployerPid(dataDir: string): Promise<number> {
  const told = JSON.parse(await readFile(join(dataDir, "run", "deployer.json"), "utf8")) as { pid: number };
  return told.pid;
}
