import { expect, test } from "vitest";
import { isOwned, type OwnerRow } from "./orphans.ts";

const running = { instanceId: "ins", serviceId: "svc", pid: 7, pidStartedAt: "70", nonce: "n" };
const pod = { ...running, pid: null, pidStartedAt: null };
const row = (change: Partial<OwnerRow>): OwnerRow => ({ id: "ins", state: "ready", pid: 7, pidStartedAt: "70", nonce: "n", ...change });
const unwritten = { pid: null, pidStartedAt: null };

test.each([
  ["its row's process", running, row({}), true],
  ["no row", running, undefined, false],
  ["a second process of an instance", running, row({ pid: 8 }), false],
  ["a pid used again", running, row({ pidStartedAt: "1" }), false],
  ["a start under way", { ...running, nonce: null }, row({ state: "starting", ...unwritten }), true],
  ["a start under way that has said which it is", running, row({ state: "starting", ...unwritten }), true],
  ["an earlier start than the one under way", running, row({ state: "starting", nonce: "other", ...unwritten }), false],
  ["a start that was called off", running, row({ state: "draining", ...unwritten }), true],
  ["left of one that is to start again", running, row({ state: "backoff", ...unwritten }), false],
  ["left of an orderly stop", running, row({ state: "pending", nonce: null, ...unwritten }), false],
  ["a pod of its row's run", pod, row(unwritten), true],
  ["a pod of an earlier run", pod, row({ nonce: "other", ...unwritten }), false],
  ["a pod of one that is to start again", pod, row({ state: "backoff", ...unwritten }), true],
])("%s", (_, one, owner, expected) => {
  expect(isOwned(one, owner)).toBe(expected);
});
