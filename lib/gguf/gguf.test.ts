import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ggufFile, textModel } from "#test/gguf.ts";
import { readGgufHeader } from "./read.ts";
import { GgufError } from "./reader.ts";
import { isLaterPart, splitFiles } from "./split.ts";

function read(bytes: Uint8Array, asked: [number, number][] = []) {
  return readGgufHeader(async (from, to) => {
    asked.push([from, to]);
    return bytes.subarray(from, to);
  });
}

describe("a header", () => {
  test("tells what a model is", async () => {
    const file = ggufFile(textModel, 96);
    expect(await read(file)).toEqual({
      architecture: "llama",
      name: "Test Model",
      licence: "mit",
      contextLength: 2048,
      chatTemplate: "{{ messages }}",
      embedding: false,
      parameters: 96n,
      splitCount: 1,
      splitIndex: 0,
      endBytes: file.length,
      // 2 layers × 2 heads × (16 + 16) × 2 bytes
      cacheBytesPerToken: 256,
    });
  });

  test("an encoder, an image encoder, and a part of a split model are told apart", async () => {
    expect((await read(ggufFile({ "general.architecture": "bert" }))).embedding).toBe(true);
    expect((await read(ggufFile({ "general.architecture": "qwen3", "qwen3.pooling_type": 3 }))).embedding).toBe(true);
    expect((await read(ggufFile({ "general.architecture": "clip" }))).architecture).toBe("clip");
    expect(await read(ggufFile({ ...textModel, "split.count": 3, "split.no": 1 }))).toMatchObject({ splitCount: 3, splitIndex: 1 });
  });

  test("is read in doubling steps, and no further than it goes", async () => {
    const large = { ...textModel, "tokenizer.ggml.tokens": { array: Array.from({ length: 200_000 }, (_, index) => `token ${index}`) } };
    const asked: [number, number][] = [];
    const file = Buffer.concat([ggufFile(large), Buffer.alloc(20_000_000)]);
    expect((await read(file, asked)).contextLength).toBe(2048);
    const mebibyte = 1024 * 1024;
    expect(asked).toEqual([
      [0, mebibyte],
      [mebibyte, 2 * mebibyte],
      [2 * mebibyte, 4 * mebibyte],
    ]);
  });

  test.each([
    ["another format", Buffer.from("PK\x03\x04 a zip file, or weights of PyTorch"), "does not begin with the letters GGUF"],
    ["an old version", Buffer.from("GGUF\x01\0\0\0aaaaaaaaaaaaaaaaaaaa"), "version is 1"],
    ["nothing", Buffer.alloc(0), "cut short"],
    ["no architecture", ggufFile({ "general.name": "x" }), "architecture"],
  ])("%s is refused", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
    await expect(read(bytes)).rejects.toBeInstanceOf(GgufError);
  });

  test("cut anywhere, or with any byte changed, it is a header or a GgufError, soon", async () => {
    const whole = ggufFile(textModel);
    const headerEnd = whole.length - 64 * 4 - 32;
    await fc.assert(
      fc.asyncProperty(fc.nat(headerEnd - 1), fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), async (cut, at, value) => {
        await expect(read(whole.subarray(0, cut))).rejects.toBeInstanceOf(GgufError);
        const changed = Buffer.from(whole);
        changed[at] = value;
        await read(changed).catch((error) => expect(error).toBeInstanceOf(GgufError));
      }),
      { numRuns: 300 },
    );
  });
});

describe("split models", () => {
  test("the first part names all", () => {
    expect(splitFiles("a/big-00001-of-00003.gguf")).toEqual([
      "a/big-00001-of-00003.gguf",
      "a/big-00002-of-00003.gguf",
      "a/big-00003-of-00003.gguf",
    ]);
    expect(splitFiles("big.gguf")).toEqual(["big.gguf"]);
    expect(splitFiles("")).toEqual([""]);
  });
  test.each([
    ["x-00002-of-00003.gguf", true],
    ["x-00001-of-00003.gguf", false],
    ["x.gguf", false],
  ])("%s", (file, later) => {
    expect(isLaterPart(file)).toBe(later);
  });
});
