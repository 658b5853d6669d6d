import { expect, test } from "vitest";
import { StopScanner } from "./stop-scanner.ts";

function scan(stops: string[], pieces: string[]): { sent: string[]; stopped: boolean; rest: string } {
  const scanner = new StopScanner(stops);
  const sent: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = scanner.push(piece);
    sent.push(text);
    if (stopped) return { sent, stopped, rest: scanner.flush() };
  }
  return { sent, stopped: false, rest: scanner.flush() };
}

test("without stop strings everything passes at once", () => {
  expect(scan([], ["a", "b"])).toEqual({ sent: ["a", "b"], stopped: false, rest: "" });
});

test("a stop string across pieces is held back and cut off", () => {
  expect(scan(["END"], ["one E", "N", "D two"])).toEqual({ sent: ["one ", "", ""], stopped: true, rest: "" });
});

test("a beginning that comes to nothing is sent after all", () => {
  expect(scan(["END"], ["E", "N", "ough"])).toEqual({ sent: ["", "", "ENough"], stopped: false, rest: "" });
  expect(scan(["END"], ["the EN"])).toEqual({ sent: ["the "], stopped: false, rest: "EN" });
});

test("of several the earliest counts", () => {
  expect(scan(["c", "b"], ["abc"])).toEqual({ sent: ["a"], stopped: true, rest: "" });
});

test("a beginning inside a beginning is not missed", () => {
  expect(scan(["aab"], ["a", "a", "a", "b"])).toEqual({ sent: ["", "", "a", ""], stopped: true, rest: "" });
});

test("any way to cut a text into pieces gives the same", () => {
  const text = "say abab, then ababc and more";
  for (let size = 1; size <= text.length; size++) {
    const pieces = text.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
    const { sent, stopped } = scan(["ababc"], pieces);
    expect(sent.join("")).toBe("say abab, then ");
    expect(stopped).toBe(true);
  }
});
