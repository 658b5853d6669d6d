import { expect, test } from "vitest";
import { checkGrammar } from "./check-grammar.ts";

test.each([
  ['root ::= "a"'],
  ['# words\nroot ::= a | b* # more\na ::= "x" {2,3}\nb ::= [a-z\\n] ("q" | "r")+ .?\n'],
  ["root ::= | [^\\x00-\\x1F] root"],
  ['root ::= x{1999}\nx ::= "a"'],
  ['root ::= <[7]> "a"'],
])("taken: %s", (grammar) => {
  expect(checkGrammar(grammar)).toBe(null);
});

test.each([
  ["nothing", "", "root"],
  ["no root", 'a ::= "a"', "root"],
  ["an undefined rule", "root ::= b", "b"],
  ["an open literal", 'root ::= "a', "end"],
  ["an unknown escape", 'root ::= "\\q"', "escape"],
  ["an open group", 'root ::= ("a"', ")"],
  ["an empty class", "root ::= []", "brackets"],
  ["nothing to repeat", "root ::= *", "before a repetition"],
  ["too many repetitions", 'root ::= "a"{2001}', "too large"],
  ["too many in a group", 'root ::= ("a"{0,100}){30}', "too large"],
  ["a rule that begins with itself", 'root ::= root "a" | "b"', "itself"],
  ["one that does so over another", 'root ::= a "x"\na ::= root | "b"', "itself"],
  ["one behind what may be empty", 'root ::= a root | "b"\na ::= "c"?', "itself"],
  ["a repetition of what may be empty", 'root ::= ("a"? "b"?)+', "itself"],
  ["a token by its text", "root ::= <eos>", "token"],
  ["deep groups", `root ::= ${"(".repeat(500)}"a"${")".repeat(500)}`, "nested"],
])("refused: %s", (_name, grammar, words) => {
  expect(checkGrammar(grammar)).toContain(words);
});
