import { randomUUID } from "node:crypto";
import { bearer, modelName, startEngine } from "#engine/testing/start-engine.ts";
import { startTcpProxy } from "#test/tcp-proxy.ts";
import { startWall } from "#test/wall/wall.ts";
import { type ContractPlace, newRef, standingContract } from "../contract.ts";
import type { InstanceSpec } from "../driver.ts";
import { createUpstreamDriver } from "./upstream-driver.ts";

interface Standing {
  port: number;
  model: string;
  credential: string | null;
  /** Makes it refuse. */
  refuse(): Promise<void>;
  isWell(): Promise<boolean>;
  close(): Promise<void>;
}

const spec: InstanceSpec = {
  serviceId: "svc",
  accessName: "public/deepseek-r1",
  model: { slug: "deepseek-r1", kind: "text_generation", parameters: null, repository: null },
  weights: null,
  contextLength: 1_024,
  parallel: 1,
  resources: { cpuMilli: 1, memoryBytes: 1n, gpuCount: 0, gpuModel: null },
  region: { id: "reg", name: "upstream", settings: {} },
};

/** One endpoint behind a network that can be cut. */
async function createPlace(start: () => Promise<Standing>): Promise<ContractPlace> {
  const standing = await start();
  const proxy = await startTcpProxy({ host: "127.0.0.1", port: standing.port });
  const id = `ups_${randomUUID()}`;
  const { model: upstreamModel, credential } = standing;
  const endpoint = { id, url: `http://127.0.0.1:${proxy.port}/v1`, upstreamModel, credential, unreadable: false, probePath: null };
  return {
    spec,
    blocked: null,
    broken: null,
    hang: null,
    logSays: null,
    open: () =>
      createUpstreamDriver({
        find: async (asked) => (asked === id ? endpoint : null),
        random: Math.random,
        times: { steadyMs: 100, firstRetryMs: 100, longestRetryMs: 400, limitMs: 500 },
      }),
    newRef: () => ({ ...newRef(), place: id }),
    crash: () => standing.refuse(),
    async cut() {
      proxy.cut();
      return async () => proxy.mend();
    },
    count: async () => Number(await standing.isWell()),
    async dispose() {
      await proxy.close();
      await standing.close();
    },
  };
}

async function standingWall(): Promise<Standing> {
  const wall = await startWall();
  Object.assign(wall.access, { key: "sk-wall", models: ["its-own-name", "another"] });
  return {
    port: Number(new URL(wall.url).port),
    model: "its-own-name",
    credential: "sk-wall",
    refuse: async () => void Object.assign(wall.access, { key: "sk-other" }),
    isWell: async () => (await fetch(`${wall.url}/v1/models`, { headers: { authorization: "Bearer sk-wall" } })).ok,
    close: () => wall.close(),
  };
}

async function standingEngine(): Promise<Standing> {
  const engine = await startEngine();
  return {
    port: Number(new URL(engine.url).port),
    model: modelName,
    credential: bearer,
    refuse: async () => void engine.child.kill("SIGKILL"),
    isWell: async () => (await engine.send("/v1/models").catch(() => null))?.ok ?? false,
    close: () => engine.stop(),
  };
}

const options = { without: ["blocked", "broken", "hang", "logSays", "endedLogs"], limits: { readyMs: 5_000 } } as const;

standingContract("upstream, the scripted one", () => createPlace(standingWall), options);
standingContract("upstream, a real engine", () => createPlace(standingEngine), options);
