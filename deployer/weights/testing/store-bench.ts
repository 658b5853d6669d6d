import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHubs } from "#lib/hub/hubs.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { startTestHub, type TestHub } from "#test/hub.ts";
import type { WeightsRef } from "../ref.ts";
import { createWeightsStore, type WeightsStatus, type WeightsStore, type WeightsStoreOptions } from "../store.ts";

export const repository = "someone/Tiny-GGUF";
export const size = 1_000_000;

/** A hub with one file, and a folder that stores are opened on. */
export interface StoreBench {
  hub: TestHub;
  home: string;
  /** Of the hub's file `tiny.gguf`, {@link size} of them. */
  bytes: Buffer;
  /** A store as the deployer opens it, but quick to try again and without a reserve. */
  open(change?: Partial<WeightsStoreOptions> & { token?: string }): WeightsStore;
  dispose(): Promise<void>;
}

export async function createStoreBench(): Promise<StoreBench> {
  const home = await mkdtemp(join(tmpdir(), "hydra weights "));
  const hub = await startTestHub();
  const bytes = randomBytes(size);
  hub.put(repository, "tiny.gguf", bytes);
  const stores: WeightsStore[] = [];
  return {
    hub,
    home,
    bytes,
    open({ token, ...options } = {}) {
      const store = createWeightsStore({
        modelsDir: join(home, "models"),
        bundledDir: join(home, "bundled"),
        hubs: createHubs({ hfEndpoint: hub.endpoint, hfToken: token ?? null, modelscopeEndpoint: hub.endpoint }),
        logger: createLogger("test", { level: "silent", format: "json" }),
        reserveBytes: 0,
        retryBaseMs: 5,
        pollMs: 20,
        ...options,
      });
      stores.push(store);
      return store;
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      await hub.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The hub's file, unless told otherwise. */
export function refOf(change: Partial<WeightsRef> = {}): WeightsRef {
  return {
    id: "wts_1",
    source: "hub",
    hub: "huggingface",
    repository,
    revision: "main",
    file: "tiny.gguf",
    projectorFile: null,
    sizeBytes: null,
    sha256: null,
    format: "gguf",
    ...change,
  };
}

/** What has become of a fetch. */
export async function settled(store: WeightsStore, ref = refOf()): Promise<WeightsStatus> {
  for (const end = performance.now() + 15_000; ; ) {
    const status = await store.status(ref);
    if (status.state === "ready" || status.state === "failed") return status;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The path of what a fetch has brought. */
export async function fetched(store: WeightsStore, ref = refOf()): Promise<string> {
  store.fetch(ref);
  const status = await settled(store, ref);
  if (status.state !== "ready") throw new Error(JSON.stringify(status));
  return status.path;
}

/** Why a fetch has failed. */
export async function failed(store: WeightsStore, ref = refOf()) {
  store.fetch(ref);
  const status = await settled(store, ref);
  if (status.state !== "failed") throw new Error(JSON.stringify(status));
  return status;
}

export async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + 15_000; !(await check()); ) {
    if (performance.now() > end) throw new Error("it never came to it");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const digest = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
/** Digests differ in a line; the difference of two files would take minutes to print. */
export const digestOf = async (path: string) => digest(await readFile(path));
