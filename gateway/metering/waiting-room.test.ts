import { expect, test } from "vitest";
import { WaitingRoom } from "./waiting-room.ts";

test("who waits goes on in turn as long as there is room, and is sent away after its time, or all at once", async () => {
  let free = 0;
  const room = new WaitingRoom(() => free > 0, 150);
  const told: string[] = [];
  const enter = (name: string) =>
    room.wait().then((found) => {
      told.push(`${name} ${found}`);
    });
  const all = ["a", "b", "c"].map(enter);
  free = 1;
  room.call();
  await Promise.all(all);
  expect(told).toEqual(["a true", "b true", "c true"]);
  free = 0;
  const late = enter("d");
  room.call();
  await late;
  expect(told.at(-1)).toBe("d false");
  const hopeless = ["e", "f"].map(enter);
  room.call(true);
  await Promise.all(hopeless);
  expect(told.slice(-2)).toEqual(["e false", "f false"]);
});
