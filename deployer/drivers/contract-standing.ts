import { expect, test } from "vitest";
import { eventually, given, type Stage, until } from "./contract-place.ts";

export function standingTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test("what was never started is gone", async () => {
    // As a new row has it: to have a nonce is to have been started, because there is nothing else to tell it by.
    expect(await open().observe({ ...stage.place.newRef(), nonce: null })).toMatchObject({ phase: "gone" });
  });

  test("an endpoint that answers is ready once it was started, and the change is told", async () => {
    const driver = open();
    const told: string[] = [];
    driver.watch((serviceId) => told.push(serviceId));
    const ref = await running(driver);
    const seen = await until(driver, ref, "ready", 0);
    expect(seen.endpoint).toMatch(/^https?:\/\//);
    expect(told).toContain(ref.serviceId);
  });

  test("one that refuses is no longer ready, and the change is told", async () => {
    const driver = open();
    const ref = await running(driver);
    const told: string[] = [];
    driver.watch((serviceId) => told.push(serviceId));
    await stage.place.crash(ref);
    await eventually(async () => expect((await driver.observe(ref)).phase).not.toBe("ready"), limits.cutMs);
    await eventually(async () => expect(told).toContain(ref.serviceId), limits.noticeMs);
  });

  test.each(["drain", "kill"] as const)("%s lets go of it and leaves it standing", async (how) => {
    const driver = open();
    const ref = await running(driver);
    const before = await stage.place.count();
    await driver.stop(ref, how);
    await driver.stop(ref, how);
    await until(driver, ref, "gone", limits.goneMs);
    expect(await stage.place.count()).toBe(before);
    expect(await driver.list()).toEqual([]);
  });

  test("a new driver goes on with what the row says was started", async () => {
    const ref = await running(open());
    await until(open(), ref, "ready", limits.readyMs);
  });

  test("nothing stands in the way of an endpoint that answers", async () => {
    expect(await open().obstacle(stage.place.spec)).toBeNull();
  });

  if (!stage.has("blocked")) return;
  test("an obstacle is named before a start is tried", async () => {
    const driver = open();
    const blocked = given(stage.place.blocked);
    expect((await driver.obstacle(blocked.spec))?.reason).toBe(blocked.reason);
  });
}
