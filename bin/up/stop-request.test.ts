import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Stopped, StopRequest } from "./stop-request.ts";

const nextPressMs = 1_050;

test("one press that arrives three times is one wish; a second shortens the waits, a third ends them", async () => {
  const stop = new StopRequest();
  expect(() => stop.throwIfAsked()).not.toThrow();
  for (let copy = 0; copy < 3; copy++) stop.raise("SIGINT");
  expect(() => stop.throwIfAsked()).toThrow(Stopped);
  expect(stop.limitMs(25_000)).toBe(25_000);
  await sleep(nextPressMs);
  stop.raise("SIGINT");
  expect(stop.limitMs(25_000)).toBe(2_000);
  expect(stop.limitMs(500)).toBe(500);
  await sleep(nextPressMs);
  stop.raise("SIGINT");
  expect(stop.limitMs(25_000)).toBe(0);
  expect(await stop.asked).toBe("SIGINT");
});
