import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hubToken, type TestHub } from "#test/hub.ts";
import { hubFolder, partialFile } from "./places.ts";
import type { WeightsStatus } from "./store.ts";
import {
  createStoreBench,
  digest,
  digestOf,
  eventually,
  failed,
  fetched,
  refOf,
  repository,
  type StoreBench,
  settled,
  size,
} from "./testing/store-bench.ts";

let hub: TestHub;
let home: string;
let bytes: Buffer;
let bench: StoreBench;

beforeEach(async () => {
  bench = await createStoreBench();
  ({ hub, home, bytes } = bench);
});
afterEach(() => bench.dispose());

const open: StoreBench["open"] = (change) => bench.open(change);
const storeCalls = () => hub.calls.filter((call) => call.place === "store");

describe("a download", () => {
  test("follows the redirect to another host, and shows the token only at home", async () => {
    const store = open({ token: hubToken });
    expect(await store.status(refOf())).toEqual({ state: "absent" });
    const path = await fetched(store);
    expect(path).toBe(join(home, "models", "hub", "huggingface", repository, "main", "tiny.gguf"));
    expect(await digestOf(path)).toBe(digest(bytes));
    expect(hub.calls.map((call) => [call.place, call.authorization])).toEqual([
      ["api", `Bearer ${hubToken}`],
      ["resolve", `Bearer ${hubToken}`],
      ["store", null],
    ]);
    expect((await readdir(join(path, ".."))).filter((name) => !name.startsWith("."))).toEqual(["tiny.gguf"]);
  });

  test("cut ten times resumes where it was, and verifies", async () => {
    let cuts = 0;
    hub.trouble = ({ place }) => (place === "store" && cuts++ < 10 ? { cutAfter: 70_000, pieceMs: 2 } : undefined);
    expect(await digestOf(await fetched(open()))).toBe(digest(bytes));
    expect(cuts).toBe(11);
    const starts = storeCalls().map((call) => Number(/bytes=(\d+)-$/.exec(call.range ?? "bytes=0-")?.[1]));
    expect(starts[0]).toBe(0);
    for (const [index, start] of starts.entries()) if (index > 0) expect(start).toBeGreaterThan(starts[index - 1] as number);
    expect(starts.at(-1)).toBeGreaterThan(300_000);
  });

  test("goes on where a process that was ended left it", async () => {
    const first = open();
    hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 20 } : undefined);
    first.fetch(refOf());
    const partial = partialFile(join(hubFolder(join(home, "models"), refOf()), "tiny.gguf"));
    await eventually(async () => ((await stat(partial).catch(() => null))?.size ?? 0) >= 200_000);
    await first.close();
    hub.trouble = () => undefined;
    expect(await digestOf(await fetched(open()))).toBe(digest(bytes));
    expect(Number(/bytes=(\d+)-/.exec(storeCalls().at(-1)?.range ?? "")?.[1])).toBeGreaterThanOrEqual(200_000);
  });

  test("begins again where the hub does not do ranges, or the file has changed there", async () => {
    let calls = 0;
    hub.trouble = ({ place }) => (place === "store" ? { ignoreRange: true, ...(calls++ === 0 ? { cutAfter: 300_000 } : {}) } : undefined);
    expect(await digestOf(await fetched(open()))).toBe(digest(bytes));

    const other = refOf({ file: "other.gguf" });
    hub.put(repository, "other.gguf", bytes);
    const partial = partialFile(join(hubFolder(join(home, "models"), other), "other.gguf"));
    await writeFile(partial, randomBytes(400_000));
    const before = storeCalls().length;
    await writeFile(`${partial}.of`, `sha256:${"0".repeat(64)}`);
    expect(await digestOf(await fetched(open(), other))).toBe(digest(bytes));
    expect(
      storeCalls()
        .slice(before)
        .map((call) => call.range),
    ).toEqual([null]);
  });

  test("wrong bytes are refused and downloaded again", async () => {
    let calls = 0;
    hub.trouble = ({ place }) => (place === "store" && calls++ === 0 ? { garble: true } : undefined);
    expect(await digestOf(await fetched(open()))).toBe(digest(bytes));
    expect(calls).toBe(2);
  });

  test("wrong bytes twice are a failure, and nothing is put in the file's place", async () => {
    hub.trouble = ({ place }) => (place === "store" ? { garble: true } : undefined);
    const store = open();
    expect(await failed(store)).toMatchObject({
      reason: "download_failed",
      data: { detail: expect.stringContaining("differs from its checksum") },
    });
    expect(storeCalls()).toHaveLength(2);
    expect(await readdir(hubFolder(join(home, "models"), refOf()))).not.toContain("tiny.gguf");
  });

  test("a checksum in the model's row counts more than the hub's", async () => {
    const store = open();
    const other = refOf({ sha256: "a".repeat(64) });
    expect((await failed(store, other)).data.detail).toContain("differs from its checksum");
    const right = refOf({ sha256: digest(bytes) });
    expect(await digestOf(await fetched(open(), right))).toBe(digest(bytes));
  });

  test("a connection that brings nothing is given up for a new one", async () => {
    let calls = 0;
    hub.trouble = ({ place }) => (place === "store" && calls++ === 0 ? { stallAfter: 100_000 } : undefined);
    expect(await digestOf(await fetched(open({ stallMs: 150 })))).toBe(digest(bytes));
    expect(calls).toBe(2);
  });

  test("tells how far it is, and how fast", async () => {
    hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 30 } : undefined);
    const store = open();
    store.fetch(refOf());
    const seen: WeightsStatus[] = [];
    for (let looks = 0; looks < 60 && seen.at(-1)?.state !== "ready"; looks++) {
      seen.push(await store.status(refOf()));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const figures = seen.flatMap((status) => (status.state === "downloading" && status.totalBytes === size ? [status] : []));
    expect(figures.length).toBeGreaterThan(3);
    expect(figures.at(-1)?.doneBytes).toBeGreaterThan(figures[0]?.doneBytes ?? size);
    expect(figures.at(-1)?.bytesPerSecond).toBeGreaterThan(100_000);
    expect(figures.at(-1)?.bytesPerSecond).toBeLessThan(1_200_000);
  });
});

describe("one download for all", () => {
  test("many instances and two processes' stores bring the bytes once", async () => {
    hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 2 } : undefined);
    const [one, two] = [open(), open()];
    for (let instance = 0; instance < 5; instance++) for (const store of [one, two]) store.fetch(refOf({ id: `wts_${instance}` }));
    const [first, second] = await Promise.all([settled(one), settled(two)]);
    expect([first.state, second.state]).toEqual(["ready", "ready"]);
    expect(storeCalls()).toHaveLength(1);
  });

  test("the waiting store sees the progress of the other, and takes over when that one ends", async () => {
    hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 30 } : undefined);
    const [one, two] = [open(), open()];
    one.fetch(refOf());
    await eventually(() => storeCalls().length > 0);
    two.fetch(refOf());
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await two.status(refOf())).toMatchObject({
      state: "downloading",
      totalBytes: size,
      doneBytes: expect.toSatisfy((done: number) => done > 0),
    });
    await one.close();
    expect((await settled(two)).state).toBe("ready");
    expect(storeCalls()).toHaveLength(2);
    expect(storeCalls()[1]?.range).toMatch(/^bytes=[1-9]\d+-$/);
  });
});

describe("files", () => {
  test("all parts of a split model and its projector are needed", async () => {
    const parts = ["big-00001-of-00003.gguf", "big-00002-of-00003.gguf", "big-00003-of-00003.gguf"];
    for (const part of [...parts, "mmproj.gguf"]) hub.put("someone/Big-GGUF", part, randomBytes(50_000));
    const ref = refOf({ repository: "someone/Big-GGUF", file: parts[0] as string, projectorFile: "mmproj.gguf" });
    const store = open();
    const path = await fetched(store, ref);
    expect(await store.status(ref)).toEqual({ state: "ready", path, projectorPath: join(path, "..", "mmproj.gguf"), sizeBytes: 200_000 });
    await rm(join(path, "..", parts[2] as string));
    expect(await store.status(ref)).toEqual({ state: "absent" });
    const before = storeCalls().length;
    await fetched(store, ref);
    expect(storeCalls().length - before).toBe(1);
  });

  test("a whole repository of safetensors comes without what no runtime reads, small files checked by git's hash", async () => {
    const name = "someone/Small";
    hub.put(name, "model.safetensors", randomBytes(40_000));
    hub.put(name, "config.json", Buffer.from('{"model_type":"qwen2"}'), { lfs: false });
    hub.put(name, "pytorch_model.bin", randomBytes(40_000));
    hub.put(name, "README.md", Buffer.from("read me"), { lfs: false });
    const ref = refOf({ repository: name, file: "", format: "safetensors" });
    const path = await fetched(open(), ref);
    expect((await readdir(path)).filter((file) => !file.startsWith(".")).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await open().status(ref)).toMatchObject({ state: "ready", sizeBytes: 40_022 });
    const again = refOf({ repository: name, file: "", format: "safetensors", revision: "0123456789abcdef0123456789abcdef01234567" });
    hub.trouble = ({ path: asked }) => (asked.includes("config.json") ? { garble: true } : undefined);
    expect((await failed(open(), again)).data.detail).toContain("config.json differs from its checksum");
  });

  test("ModelScope's routes give the same", async () => {
    const ref = refOf({ hub: "modelscope", revision: "master" });
    const path = await fetched(open(), ref);
    expect(path).toContain(join("hub", "modelscope", repository, "master"));
    expect(await digestOf(path)).toBe(digest(bytes));
  });

  test.each([
    { repository: "../../etc" },
    { repository: "a/.." },
    { repository: "someone/Tiny-GGUF/x" },
    { revision: ".." },
    { revision: "-x" },
    { file: "../../../outside.gguf" },
    { file: "/etc/passwd" },
    { file: "a/../../x.gguf" },
    { file: ".hidden/x.gguf" },
    { file: "--model" },
    { projectorFile: "../x" },
  ])("no path leads out of the store: %j", async (change) => {
    const store = open();
    const ref = refOf(change);
    store.fetch(ref);
    expect(await store.status(ref)).toEqual({ state: "failed", reason: "weights_missing", data: { file: ref.file } });
    expect(await readdir(home)).not.toContain("outside.gguf");
    expect(storeCalls()).toEqual([]);
  });

  test("bundled and imported weights are found or missing, never downloaded", async () => {
    const store = open();
    const bundled = refOf({ source: "bundled", hub: null, repository: "", revision: "", file: "x/y.gguf" });
    store.fetch(bundled);
    expect(await store.status(bundled)).toEqual({ state: "failed", reason: "weights_missing", data: { file: "x/y.gguf" } });
    await mkdir(join(home, "bundled", "x"), { recursive: true });
    await writeFile(join(home, "bundled", "x", "y.gguf"), "weights");
    expect(await store.status(bundled)).toEqual({
      state: "ready",
      path: join(home, "bundled", "x", "y.gguf"),
      projectorPath: null,
      sizeBytes: 7,
    });
    expect(await store.status({ ...bundled, source: "import" })).toMatchObject({ state: "failed" });
    expect(hub.calls).toEqual([]);
  });
});
