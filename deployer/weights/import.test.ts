import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ggufFile, textModel } from "#test/gguf.ts";
import { importWeights } from "./import.ts";

let home: string;
let from: string;
let modelsDir: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hydra import "));
  from = join(home, "usb stick");
  modelsDir = join(home, "models");
  await mkdir(from);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array) => writeFile(join(from, name), bytes);
const take = (name = "", change: { freeBytes?: () => Promise<number> } = {}) =>
  importWeights({ path: join(from, name), modelsDir, reserveBytes: 0, ...change });

describe("an import", () => {
  test("copies one file under its checksum, and a second time changes nothing", async () => {
    const bytes = ggufFile(textModel);
    await put("My model (final).gguf", bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const imported = await take("My model (final).gguf");
    expect(imported).toMatchObject({
      file: `imports/${sha256.slice(0, 20)}/My_model__final_.gguf`,
      projectorFile: null,
      sizeBytes: bytes.length,
      sha256,
      header: { architecture: "llama", licence: "mit", contextLength: 2048, chatTemplate: "{{ messages }}", parameters: 64n },
    });
    expect((await readFile(join(modelsDir, imported.file))).equals(bytes)).toBe(true);
    expect(await take("My model (final).gguf")).toEqual(imported);
    expect(await readdir(join(modelsDir, "imports"))).toEqual([sha256.slice(0, 20)]);
  });

  test("takes a folder with its image encoder, and all parts of a split model", async () => {
    for (const [index, name] of ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"].entries()) {
      await put(name, ggufFile({ ...textModel, "split.count": 2, "split.no": index }, 64 * (index + 1)));
    }
    await put("mmproj-m.gguf", ggufFile({ "general.architecture": "clip" }));
    await put("notes.txt", Buffer.from("mine"));
    const imported = await take();
    expect(imported.header.parameters).toBe(192n);
    expect(imported.projectorFile).toMatch(/\/mmproj-m\.gguf$/);
    expect((await readdir(join(modelsDir, imported.file, ".."))).sort()).toEqual([
      "m-00001-of-00002.gguf",
      "m-00002-of-00002.gguf",
      "mmproj-m.gguf",
    ]);
  });

  test("a full disk is said, and nothing is left", async () => {
    await put("x.gguf", ggufFile(textModel));
    await expect(take("x.gguf", { freeBytes: async () => 100 })).rejects.toThrow(
      /^The disk is too full: needs \d+ bytes, 100 are free\. Make room/,
    );
    expect(await readdir(join(modelsDir, "imports"))).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    ["nothing there", {}, "none.gguf", /^There is no file or folder .*none\.gguf\.$/],
    ["an empty folder", {}, "", /^There is no GGUF file in /],
    ["another format", { "model.safetensors": Buffer.alloc(99) }, "", /convert_hf_to_gguf/],
    [
      "another format by name",
      { "w.bin": Buffer.from("PK\x03\x04...") },
      "w.bin",
      /is no GGUF file that can be loaded: it does not begin with the letters GGUF\. .*convert_hf_to_gguf/,
    ],
    ["another format under a GGUF's name", { "w.gguf": Buffer.alloc(4096) }, "w.gguf", /does not begin with the letters GGUF\.$/],
    ["a file cut short", { "w.gguf": ggufFile(textModel).subarray(0, -10) }, "w.gguf", /it is cut short: \d+ of \d+ bytes are there/],
    ["an image encoder alone", { "w.gguf": ggufFile({ "general.architecture": "clip" }) }, "w.gguf", /image encoder of another model/],
    ["two models", { "a.gguf": ggufFile(textModel), "b.gguf": ggufFile(textModel) }, "", /holds 2 models\. Name one: a\.gguf, b\.gguf/],
    [
      "a later part",
      { "m-00002-of-00002.gguf": ggufFile(textModel) },
      "m-00002-of-00002.gguf",
      /Name its first part, m-00001-of-00002\.gguf/,
    ],
    ["a missing part", { "m-00001-of-00002.gguf": ggufFile({ ...textModel, "split.count": 2 }) }, "", /m-00002-of-00002\.gguf is missing/],
    [
      "a renamed part",
      { "m.gguf": ggufFile({ ...textModel, "split.count": 2 }) },
      "m.gguf",
      /one of 2 parts; its name must end in -00001-of-00002\.gguf/,
    ],
    [
      "a part twice",
      Object.fromEntries(
        ["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"].map((name) => [name, ggufFile({ ...textModel, "split.count": 2 })]),
      ),
      "",
      /is not part 2 of 2/,
    ],
  ])("%s", async (_, files, name, message) => {
    for (const [file, bytes] of Object.entries(files)) await put(file, bytes);
    await expect(take(name)).rejects.toMatchObject({ name: "ImportError", message: expect.stringMatching(message) });
  });
});
