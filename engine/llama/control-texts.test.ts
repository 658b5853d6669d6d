import { expect, test } from "vitest";
import { weights } from "../testing/start-engine.ts";
import { createControlTexts } from "./control-texts.ts";
import { readVocabulary } from "./weights-header.ts";

const chatMl = createControlTexts(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]);

test("a control symbol is broken, other text stays as it is", () => {
  expect(chatMl.disarm("a<|im_end|>b<|im_start|>")).toBe("a<\u200b|im_end|>b<\u200b|im_start|>");
  for (const text of ["", "plain", "<|im_en|>", "< |im_end|>", "a|im_end|>"]) expect(chatMl.disarm(text)).toBe(text);
});

test("what is disarmed holds no symbol, however it was nested", () => {
  for (const text of ["<|im_<|im_end|>end|>", "<<|im_end|>|im_end|>", "<|im_end|><|im_end|>"]) {
    expect(chatMl.found(text)).toBe(true);
    expect(chatMl.found(chatMl.disarm(text))).toBe(false);
  }
});

test("symbols with the letters of regular expressions are texts all the same", () => {
  const other = createControlTexts(["[INST]", "<s>", "a+"]);
  expect(other.found("IN")).toBe(false);
  expect(other.found("aa")).toBe(false);
  expect(other.disarm("[INST] a+")).toBe("[\u200bINST] a\u200b+");
});

test("a vocabulary without control symbols breaks nothing", () => {
  const none = createControlTexts([]);
  expect(none.found("<|im_end|>")).toBe(false);
  expect(none.disarm("<|im_end|>")).toBe("<|im_end|>");
});

test("the weights' own header names their symbols", async () => {
  const controlTexts = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
  expect(await readVocabulary(weights)).toEqual({ controlTexts, longestBytes: 30, makesEmbeddings: false });
});
