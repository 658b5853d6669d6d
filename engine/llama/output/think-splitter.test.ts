import fc from "fast-check";
import { expect, test } from "vitest";
import { ThinkSplitter } from "./think-splitter.ts";

const tags = { start: "<think>", end: "</think>" };

/** What comes out of a text that arrives in such pieces. */
function split(pieces: readonly string[], isOpen = false): { thoughts: string; said: string } {
  const splitter = new ThinkSplitter(tags, isOpen);
  const deltas = [...pieces.map((piece) => splitter.push(piece)), splitter.flush()];
  return { thoughts: deltas.map(({ reasoning = "" }) => reasoning).join(""), said: deltas.map(({ content = "" }) => content).join("") };
}

test.each([
  ["<think>\nHm, so\n</think>\n\nYes.", false, "Hm, so", "Yes."],
  ["Hm, so\n</think>\n\nYes.", true, "Hm, so", "Yes."],
  ["<think>\nHm</think>Yes.", true, "Hm", "Yes."],
  ["\n<think>Hm</think>Yes.", false, "Hm", "Yes."],
  ["Yes, <think> is a tag.", false, "", "Yes, <think> is a tag."],
  ["<thin", false, "", "<thin"],
  ["<think>Hm, and then", false, "Hm, and then", ""],
  ["a < b </think ok</think> c </think> d", true, "a < b </think ok", "c </think> d"],
  ["<think></think>\n\nYes", false, "", "Yes"],
])("%j parts into thoughts and what is said, in whatever pieces it comes", (text, isOpen, thoughts, said) => {
  expect(split([text], isOpen)).toEqual({ thoughts, said });
  const cuts = fc.uniqueArray(fc.nat(text.length), { maxLength: 6 }).map((list) => [0, ...list.sort((a, b) => a - b), text.length]);
  const same = (at: number[]) => {
    const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
    expect(split(pieces, isOpen)).toEqual({ thoughts, said });
  };
  fc.assert(fc.property(cuts, same));
});

test("thoughts are given as they come, but for what may be the end of them", () => {
  const splitter = new ThinkSplitter(tags, true);
  expect(splitter.push("One thought").reasoning).toBe("One thought");
  expect(splitter.push(" more </th").reasoning).toBe(" more");
  expect(splitter.push("ree").reasoning).toBe(" </three");
});
