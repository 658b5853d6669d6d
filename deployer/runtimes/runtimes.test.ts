import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "#lib/config.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { ggufFile, textModel } from "#test/gguf.ts";
import { driverContract, eventually, newRef, until } from "../drivers/contract.ts";
import type { Driver, InstanceRef, InstanceSpec } from "../drivers/driver.ts";
import { openLocalDriver, openWeights } from "../open-local-driver.ts";
import { createLocalPlace, type LocalPlace } from "../testing/local-place.ts";
import { findInstalled } from "./installed.ts";
import { type ProgramStart, writeFakeProgram } from "./testing/fake-program.ts";

/** A place whose imported weights llama-server runs, found on the path. */
async function createProgramPlace(): Promise<LocalPlace> {
  const place = await createLocalPlace();
  const models = join(place.dataDir, "models", "imports", "x");
  await mkdir(join(place.dataDir, "bin"));
  await mkdir(models, { recursive: true });
  await writeFile(join(models, "m.gguf"), ggufFile(textModel));
  await writeFile(join(models, "broken.gguf"), "these are no weights");
  await writeFakeProgram(join(place.dataDir, "bin"), "llama-server");
  const installed = await findInstalled(`relative:${join(place.dataDir, "none")}:${join(place.dataDir, "bin")}`);
  const weights = openWeights(place.dataDir, createHubs(parseConfig({})), { info: () => {}, warn: () => {} });
  const open = () => openLocalDriver({ dataDir: place.dataDir, weights, installed, env: { PATH: process.env.PATH ?? "" } });
  const spec = (file: string): InstanceSpec => ({
    ...place.spec,
    weights: place.spec.weights && { ...place.spec.weights, source: "import", file },
  });
  return {
    ...place,
    open,
    spec: spec("imports/x/m.gguf"),
    blocked: { spec: spec("imports/x/none.gguf"), reason: "weights_missing" },
    broken: { spec: spec("imports/x/broken.gguf"), says: /broken\.gguf is no model/ },
    logSays: /program listens/,
  };
}

driverContract("local, with llama-server in the engine's place", createProgramPlace, { without: ["cut"] });

describe("a program in the engine's place", () => {
  let place: LocalPlace;
  let driver: Driver;

  beforeEach(async () => {
    place = await createProgramPlace();
    driver = place.open();
  });
  afterEach(async () => {
    driver.close();
    await place.dispose();
  });

  async function running(): Promise<{ ref: InstanceRef; endpoint: string }> {
    const ref = newRef();
    const { pid, pidStartedAt } = await driver.start(ref, place.spec);
    const known = { ...ref, pid, pidStartedAt };
    const { endpoint } = await until(driver, known, "ready", 10_000);
    return { ref: known, endpoint: endpoint ?? "" };
  }

  const started = async () => JSON.parse(await readFile(join(place.dataDir, "bin", "llama-server.json"), "utf8")) as ProgramStart;
  const say = (endpoint: string, ref: InstanceRef, body: object, signal?: AbortSignal) =>
    fetch(`${endpoint}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${ref.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  const programs = async () => {
    const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "args="], { maxBuffer: 16 * 1024 * 1024 });
    return stdout
      .split("\n")
      .filter((line) => line.includes(join(place.dataDir, "bin", "llama-server")) && !line.includes("runtimes/main.ts")).length;
  };

  test("gets its arguments as they are, a port and a key of its own, and none of Hydra's secrets", async () => {
    const { ref, endpoint } = await running();
    const { args, key, secrets } = await started();
    expect(args.slice(0, 6)).toEqual([
      "--model",
      join(place.dataDir, "models", "imports", "x", "m.gguf"),
      "--alias",
      "public/hydra-tiny",
      "--host",
      "127.0.0.1",
    ]);
    const port = args[args.indexOf("--port") + 1] ?? "";
    expect(port).toMatch(/^\d+$/);
    expect(endpoint).not.toContain(port);
    expect(key).toMatch(/^[0-9a-f]{48}$/);
    expect(key).not.toBe(ref.token);
    expect(secrets).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: `Bearer ${ref.token}` } })).status).toBe(401);
    expect(await (await fetch(`${endpoint}/health`)).json()).toEqual({ status: "ok" });
  });

  test("takes requests as long as the instance type has memory for", async () => {
    const ref = newRef();
    const run = await driver.start(ref, {
      ...place.spec,
      contextLength: 100_000_000,
      resources: { ...place.spec.resources, memoryBytes: 512n * 1024n * 1024n },
    });
    await until(driver, ref, "ready", 10_000);
    const { args } = await started();
    // 512 MiB less 176 MiB for the program, 64 MiB that it keeps of earlier prompts and what the file has, at 256 bytes a token,
    // in steps of 256 for each of two requests.
    const tokens = Number(args[args.indexOf("--ctx-size") + 1]);
    expect(tokens).toBe(Math.floor((272 * 1024 * 1024 - ggufFile(textModel).length) / 256 / 2 / 256) * 256 * 2);
    expect(run.contextLength).toBe(tokens / 2);
    // Also to a deployer that comes after one that ended before it could write that down.
    const later = place.open();
    expect(await until(later, ref, "ready", 10_000)).toMatchObject({ run: { contextLength: tokens / 2 } });
    later.close();
  });

  test("streams as it comes, and hears that its client has left", async () => {
    const { ref, endpoint } = await running();
    const whole = await (await say(endpoint, ref, { pieces: 3, everyMs: 5 })).text();
    expect(whole).toBe("data: 0\n\ndata: 1\n\ndata: 2\n\ndata: [DONE]\n\n");
    const leaving = new AbortController();
    const answer = await say(endpoint, ref, { pieces: 10_000, everyMs: 5 }, leaving.signal);
    for await (const part of answer.body ?? []) if (part.length > 0) break;
    leaving.abort();
    const log = async () => ((await driver.logs(ref, null))?.lines ?? []).map((line) => line.text).join("\n");
    await eventually(async () => expect(await log()).toMatch(/closed after [1-9]\d{0,2}$/m), 3_000);
    // Also one that leaves before the first word.
    await expect(say(endpoint, ref, { pieces: 1, everyMs: 60_000 }, AbortSignal.timeout(300))).rejects.toThrow();
    await eventually(async () => expect(await log()).toMatch(/closed after 0$/m), 3_000);
  });

  test("draining lets the running call end, and takes no new one", async () => {
    const { ref, endpoint } = await running();
    const answer = await say(endpoint, ref, { pieces: 40, everyMs: 20 });
    await driver.stop(ref, "drain");
    await eventually(async () => {
      const models = fetch(`${endpoint}/v1/models`, { headers: { authorization: `Bearer ${ref.token}` } });
      expect(
        await models.then(
          ({ status }) => status,
          () => "refused",
        ),
      ).not.toBe(200);
    }, 2_000);
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/);
    await until(driver, ref, "gone", 5_000);
    expect(await programs()).toBe(0);
  });

  test("neither outlives the other: kill -9 of the one in front, or an end of the program", async () => {
    const first = await running();
    expect(await programs()).toBe(1);
    process.kill(first.ref.pid ?? 0, "SIGKILL");
    await eventually(async () => expect(await programs()).toBe(0), 3_000);

    const second = await running();
    const { args } = await started();
    const { stdout } = await promisify(execFile)("pgrep", ["-f", "--", `--port ${args[args.indexOf("--port") + 1]} `]);
    process.kill(Number(stdout.trim()), "SIGKILL");
    const gone = await until(driver, second.ref, "gone", 5_000);
    expect(gone).toMatchObject({ exit: "1" });
  });
});

test("vLLM runs a whole repository where there is a GPU", async () => {
  const place = await createLocalPlace();
  try {
    const folder = join(place.dataDir, "models", "hub", "huggingface", "Qwen", "Qwen", "main");
    await mkdir(join(place.dataDir, "bin"));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "config.json"), "{}");
    await writeFile(join(folder, ".complete"), "2");
    await writeFakeProgram(join(place.dataDir, "bin"), "vllm");
    const weights = openWeights(place.dataDir, createHubs(parseConfig({})), { info: () => {}, warn: () => {} });
    const machine = async () => ({ availableBytes: 8e9, cpuMilli: 8_000, gpus: [{ uuid: "GPU-0", name: "NVIDIA L4", memoryBytes: 24e9 }] });
    const driver = openLocalDriver({
      dataDir: place.dataDir,
      weights,
      machine,
      installed: await findInstalled(join(place.dataDir, "bin")),
      env: { PATH: process.env.PATH ?? "" },
    });
    const spec: InstanceSpec = {
      ...place.spec,
      weights: null,
      model: { slug: "qwen", kind: "text_generation", parameters: null, repository: "Qwen/Qwen" },
      resources: { ...place.spec.resources, gpuCount: 1, gpuModel: "L4" },
    };
    expect(await driver.obstacle(spec)).toBeNull();
    const ref = newRef();
    const { pid, pidStartedAt } = await driver.start(ref, spec);
    await until(driver, { ...ref, pid, pidStartedAt }, "ready", 10_000);
    const { args } = JSON.parse(await readFile(join(place.dataDir, "bin", "vllm.json"), "utf8")) as ProgramStart;
    expect(args.slice(0, 4)).toEqual(["serve", folder, "--served-model-name", "public/hydra-tiny"]);
    driver.close();
  } finally {
    await place.dispose();
  }
});
