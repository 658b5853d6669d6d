import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHubs } from "#lib/hub/hubs.ts";
import type { TestHub } from "#test/hub.ts";
import { createDiskSpace } from "./disk-space.ts";
import { createStoreBench, digest, digestOf, failed, fetched, refOf, type StoreBench } from "./testing/store-bench.ts";

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

describe("what is refused is explained", () => {
  test("a disk without room says how much is needed, before a byte is asked for, and recovers by itself", async () => {
    let free = 300_000;
    const store = open({ freeBytes: async () => free, reserveBytes: 100_000 });
    expect(await failed(store)).toEqual({ state: "failed", reason: "disk_full", data: { needsBytes: 1_100_000, freeBytes: 300_000 } });
    expect(storeCalls()).toEqual([]);
    free = 5_000_000;
    expect(await digestOf(await fetched(open({ freeBytes: async () => free, reserveBytes: 100_000 })))).toBe(digest(bytes));
  });

  test("a disk that fills up on the way stops the download; what has come stays, and is gone on from", async () => {
    let free = 5_000_000;
    hub.trouble = ({ place }) => {
      if (place === "store") free = 10_000;
      return undefined;
    };
    const options = { freeBytes: async () => free, reserveBytes: 50_000, spaceCheckBytes: 200_000 };
    const { reason, data } = await failed(open(options));
    expect({ reason, freeBytes: data.freeBytes }).toEqual({ reason: "disk_full", freeBytes: 10_000 });
    expect(data.needsBytes).toBeLessThanOrEqual(850_000);
    hub.trouble = () => undefined;
    free = 5_000_000;
    expect(await digestOf(await fetched(open(options)))).toBe(digest(bytes));
    expect(storeCalls().at(-1)?.range).toMatch(/^bytes=[2-9]\d{5}-$/);
  });

  test.each(["ENOSPC", "EDQUOT"])("a write that fails with %s is a full disk, another is not", async (code) => {
    const disk = createDiskSpace(1_000, async () => 7);
    const error = Object.assign(new Error("write"), { code });
    expect(await disk.explain(error, home, 500)).toMatchObject({ name: "DiskFullError", needsBytes: 1_500, freeBytes: 7 });
    const other = Object.assign(new Error("write"), { code: "EIO" });
    expect(await disk.explain(other, home, 500)).toBe(other);
  });

  test.each([
    [401, { "x-error-code": "GatedRepo" }, "gated", "gated: accept its licence on Hugging Face first. Set HF_TOKEN"],
    [404, { "x-error-code": "EntryNotFound" }, "not_found", "There is no file tiny.gguf"],
    [403, {}, "unauthorized", "refuses access"],
    [418, {}, "invalid", "Is HF_ENDPOINT"],
  ])("%i", async (status, headers, problem, words) => {
    hub.trouble = ({ place }) => (place === "resolve" ? { status, headers: headers as Record<string, string> } : undefined);
    expect(await failed(open())).toMatchObject({
      reason: "download_failed",
      data: { problem, detail: expect.stringContaining(words), retryInSeconds: 300 },
    });
  });

  test("a missing repository and a missing file", async () => {
    expect((await failed(open(), refOf({ repository: "no/such" }))).data.detail).toMatch(/There is no repository no\/such.*HF_TOKEN/);
    expect((await failed(open(), refOf({ file: "none.gguf" }))).data.detail).toContain("There is no file none.gguf in someone/Tiny-GGUF");
    expect((await failed(open(), refOf({ hub: "modelscope", repository: "no/such" }))).data.detail).toContain("on ModelScope");
  });

  test("what passes is tried again: 500, then 429 with a short pause", async () => {
    let calls = 0;
    hub.trouble = ({ place }) => {
      if (place !== "resolve") return undefined;
      calls++;
      if (calls === 1) return { status: 500 };
      return calls === 2 ? { status: 429, headers: { "retry-after": "1" } } : undefined;
    };
    const startedAt = performance.now();
    expect(await digestOf(await fetched(open()))).toBe(digest(bytes));
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  test("a hub that asks for a long pause, or answers 503 for good, is left alone for that time", async () => {
    hub.trouble = ({ place }) => (place === "api" ? { status: 429, headers: { "retry-after": "900" } } : undefined);
    const store = open();
    expect((await failed(store)).data).toMatchObject({ retryInSeconds: 900, detail: expect.stringContaining("too many requests") });
    const before = hub.calls.length;
    store.fetch(refOf());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hub.calls.length).toBe(before);
    hub.trouble = ({ place }) => (place === "store" ? { status: 503 } : undefined);
    expect((await failed(open())).data.detail).toContain("answers 503");
  });

  test("no answer at all names the address and what else can be done", async () => {
    const nowhere = createHubs({ hfEndpoint: "http://127.0.0.1:9", hfToken: null, modelscopeEndpoint: hub.endpoint });
    const { data } = await failed(open({ hubs: nowhere }));
    expect(data.detail).toMatch(/cannot be reached at http:\/\/127\.0\.0\.1:9 \(.+\)\. .*HF_ENDPOINT.*hydra models import/);
  });

  test("a site that is no hub", async () => {
    hub.trouble = ({ place }) => (place === "api" ? { status: 200 } : undefined);
    expect((await failed(open())).data.detail).toContain("does not answer like Hugging Face");
  });
});
