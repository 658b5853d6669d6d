import fc from "fast-check";
import { expect, test } from "vitest";
import { splitBlocks } from "./blocks.ts";

const text = (value: string) => ({ kind: "text", text: value });

test("paragraphs, lists and code are blocks; a list stays whole over blank lines", () => {
  const answer = "# Title\n\nOne\ntwo\n\n1. a\n\n   more\n\n2. b\n\nEnd\n```ts\nconst x = 1;\n\nx;\n```\nAfter";
  expect(splitBlocks(answer)).toEqual([
    text("# Title"),
    text("One\ntwo"),
    text("1. a\n\n   more\n\n2. b"),
    text("End"),
    { kind: "code", language: "ts", text: "const x = 1;\n\nx;", closed: true },
    text("After"),
  ]);
});

test("code whose end has not been written is open; a longer fence holds a shorter one", () => {
  expect(splitBlocks("```Python\nprint(1)")).toEqual([{ kind: "code", language: "python", text: "print(1)", closed: false }]);
  expect(splitBlocks("````md\n```js\n1\n```\n````")).toEqual([{ kind: "code", language: "md", text: "```js\n1\n```", closed: true }]);
  expect(splitBlocks("~~~\n```\n~~~")).toEqual([{ kind: "code", language: "", text: "```", closed: true }]);
  expect(splitBlocks("Use ```x``` inline")).toEqual([text("Use ```x``` inline")]);
});

test("code inside of a list stays there, and tables and quotes are whole", () => {
  expect(splitBlocks("- a\n\n  ```js\n  1\n  ```\n- b")).toHaveLength(1);
  expect(splitBlocks("| a |\n|-|\n| 1 |\n\n> q\n> r")).toEqual([text("| a |\n|-|\n| 1 |"), text("> q\n> r")]);
});

test("a long list is cut between its items", () => {
  const list = Array.from({ length: 500 }, (_, index) => `- item ${index}`).join("\n");
  const blocks = splitBlocks(list);
  expect(blocks.length).toBeGreaterThan(1);
  expect(blocks.map((block) => block.text).join("\n")).toBe(list);
});

test("text that grows by lines keeps all blocks but the last", () => {
  const piece = fc.constantFrom("word ", "\n", "\n\n", "- item", "```", "1. one", "  deep", "# head", "| a |");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.array(piece, { maxLength: 5 }), (before, more) => {
      const lines = `${before.join("")}\n`;
      const [first, grown] = [splitBlocks(lines), splitBlocks(lines + more.join(""))];
      expect(grown.slice(0, Math.max(0, first.length - 1))).toEqual(first.slice(0, -1));
    }),
  );
});

test("no letter is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", " ", "\n", "- ", "1. ", "#"), { maxLength: 80 }), (pieces) => {
      const [answer, letters] = [pieces.join(""), (value: string) => value.replace(/\s/g, "")];
      expect(
        letters(
          splitBlocks(answer)
            .map((block) => block.text)
            .join(""),
        ),
      ).toBe(letters(answer));
    }),
  );
});
