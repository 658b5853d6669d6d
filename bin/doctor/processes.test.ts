import { afterEach, beforeEach, expect, test } from "vitest";
import { type Config, parseConfig } from "#lib/config.ts";
import { processStartTime } from "#lib/process-identity.ts";
import { dataPaths, makeDataDir } from "../installation/data-dir.ts";
import { lockDataDir } from "../installation/lock.ts";
import { type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { ProcessList } from "../up/process-list.ts";
import { checkProcesses } from "./set-up.ts";

let dir: TemporaryDataDir;
let config: Config;

beforeEach(async () => {
  dir = await temporaryDataDir();
  config = parseConfig({ HYDRA_DATA_DIR: dir.path, HYDRA_GATEWAY_WORKERS: "2" });
  await makeDataDir(dir.path);
});
afterEach(() => dir.remove());

/** What doctor says where those processes run; this very one stands for each. */
async function said(consoleUrl: string | null, names: string[]) {
  const lock = await lockDataDir(dir.path, { command: "up", consoleUrl });
  const list = new ProcessList(dataPaths(dir.path).children);
  const startedAt = (await processStartTime(process.pid)) ?? "";
  for (const name of names) list.set(name, { pid: process.pid, startedAt });
  const finding = await checkProcesses(config, true);
  lock.release();
  return finding;
}

test("each process that was asked for must run, also one that is not in the list", async () => {
  expect(await said(config.consoleUrl, ["gateway", "deployer"])).toMatchObject({ says: "not running: console, gateway-2" });
  expect(await said(config.consoleUrl, ["gateway-2", "console"])).toMatchObject({ says: "console, deployer, gateway, gateway-2 run" });
});

test("a machine that runs gateways alone lacks nothing else", async () => {
  expect(await said(null, ["gateway"])).toMatchObject({ says: "not running: gateway-2" });
  expect(await said(null, ["gateway-2"])).toMatchObject({ says: "gateway, gateway-2 run" });
});
