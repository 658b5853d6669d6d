import { expect, test } from "vitest";
import { readLine } from "./log-line.ts";

test("a line of the engine is told by its message and what it adds", () => {
  const line = {
    level: 30,
    time: "2026-01-01T00:00:00Z",
    name: "engine",
    pid: 7,
    instanceId: "ins_1",
    msg: "listening",
    port: 4000,
    file: "a",
  };
  expect(readLine(JSON.stringify(line))).toEqual({ tone: "plain", message: "listening", facts: "port=4000 file=a" });
});

test.each([
  [40, "warn"],
  [50, "bad"],
  [60, "bad"],
] as const)("level %i has a tone", (level, tone) => {
  expect(readLine(JSON.stringify({ level, msg: "no room", err: { message: "full" } }))).toEqual({
    tone,
    message: "no room",
    facts: 'err={"message":"full"}',
  });
});

test.each(["INFO 01-01 vllm: ready", '{"half": ', '{"level":30}', "", "{}", "[1]"])("%s stays as it is", (text) => {
  expect(readLine(text)).toEqual({ tone: "plain", message: text, facts: "" });
});
