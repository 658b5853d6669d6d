import { expect, test } from "vitest";
import { noImageValues, toImageInput, wrongSeed } from "./image-values.ts";

test("a call carries what was typed, and nothing that was not", () => {
  expect(toImageInput("public/draws", { ...noImageValues, prompt: " A fox " })).toEqual({
    model: "public/draws",
    prompt: "A fox",
    size: "1024x1024",
    n: 1,
  });
  expect(toImageInput("public/draws", { prompt: "A fox", negative: " blur ", size: "512x512", count: 4, seed: "7" })).toEqual({
    model: "public/draws",
    prompt: "A fox",
    negative_prompt: "blur",
    size: "512x512",
    n: 4,
    seed: 7,
  });
});

test("without a prompt, or with a wrong seed, size or count there is no call", () => {
  const fox = { ...noImageValues, prompt: "A fox" };
  expect(toImageInput("public/draws", { ...fox, prompt: "  " })).toBeNull();
  expect(toImageInput("public/draws", { ...fox, seed: "1.5" })).toBeNull();
  expect(toImageInput("public/draws", { ...fox, size: "3x3" })).toBeNull();
  expect(toImageInput("public/draws", { ...fox, count: 5 })).toBeNull();
  expect(wrongSeed("")).toBe(false);
  expect(wrongSeed("abc")).toBe(true);
});
