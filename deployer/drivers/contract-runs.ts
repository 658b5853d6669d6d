import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually, given, processOf, randomHex, type Stage, until, wholeLog } from "./contract-place.ts";
import { type InstanceRef, RegionUnreachableError } from "./driver.ts";

export function startTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test("what was never started is gone, and stopping it is no error", async () => {
    const driver = open();
    const ref = stage.place.newRef();
    expect(await driver.observe(ref)).toMatchObject({ phase: "gone", exit: null });
    await driver.stop(ref, "drain");
    await driver.stop(ref, "kill");
    expect(await driver.list()).toEqual([]);
  });

  test("a start soon answers at its endpoint, to who shows its token", async () => {
    const driver = open();
    const ref = await running(driver);
    const seen = await until(driver, ref, "ready", 0);
    const models = `${seen.endpoint}/v1/models`;
    expect((await fetch(models, { headers: { authorization: `Bearer ${ref.token}` } })).status).toBe(200);
    expect((await fetch(models)).status).toBe(401);
    expect(seen.drainingMs).toBeNull();
    expect(seen.waiting ?? null).toBeNull();
  });

  test("start returns before the instance is ready, and a change is told", async () => {
    const driver = open();
    const told: string[] = [];
    driver.watch((serviceId) => told.push(serviceId));
    const ref = stage.place.newRef();
    await driver.start(ref, stage.place.spec);
    expect((await driver.observe(ref)).phase).toBe("starting");
    await eventually(async () => expect(told).toContain(ref.serviceId), limits.readyMs);
    await until(driver, ref, "ready", limits.readyMs);
  });

  test("instances are apart: each its own run and endpoint, all listed", async () => {
    const driver = open();
    const refs = await Promise.all([running(driver), running(driver)]);
    const endpoints = await Promise.all(refs.map(async (ref) => (await until(driver, ref, "ready", 0)).endpoint));
    expect(new Set(endpoints).size).toBe(2);
    const listed = await driver.list();
    expect(listed.map((one) => one.instanceId).sort()).toEqual(refs.map((ref) => ref.instanceId).sort());
    for (const ref of refs) expect(listed).toContainEqual(expect.objectContaining({ serviceId: ref.serviceId, nonce: ref.nonce }));
    const [first, second] = refs as [InstanceRef, InstanceRef];
    await driver.stop(first, "kill");
    await until(driver, first, "gone", limits.goneMs);
    await until(driver, second, "ready", 0);
    expect(await stage.place.count()).toBe(1);
  });

  test("nothing stands in the way of what can be started", async () => {
    expect(await open().obstacle(stage.place.spec)).toBeNull();
  });

  if (!stage.has("blocked")) return;
  test("an obstacle is named before a start is tried, and a start beside it fails with a word", async () => {
    const driver = open();
    const blocked = given(stage.place.blocked);
    expect((await driver.obstacle(blocked.spec))?.reason).toBe(blocked.reason);
    await expect(driver.start(stage.place.newRef(), blocked.spec)).rejects.toThrow(expect.objectContaining({ name: "StartError" }));
    expect(await stage.place.count()).toBe(0);
  });
}

export function endTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test.each(["drain", "kill"] as const)("%s ends it, however often it is said", async (how) => {
    const driver = open();
    const ref = await running(driver);
    await driver.stop(ref, how);
    await driver.stop(ref, how);
    await until(driver, ref, "gone", limits.goneMs);
    expect(await stage.place.count()).toBe(0);
    await driver.stop(ref, how);
  });

  test("one that is asked to drain says so, to a later driver too that asks again", async () => {
    const driver = open();
    const ref = await running(driver);
    for (const one of [driver, open()]) {
      await one.stop(ref, "drain");
      const seen = await one.observe(ref);
      if (seen.phase !== "gone") expect(seen.drainingMs).toBeGreaterThanOrEqual(0);
    }
    await until(driver, ref, "gone", limits.goneMs);
  });

  test("stopped while it starts, it is gone and stays gone", async () => {
    const driver = open();
    const ref = stage.place.newRef();
    await driver.start(ref, stage.place.spec);
    await driver.stop(ref, "kill");
    await until(driver, ref, "gone", limits.goneMs);
    await sleep(500);
    expect((await open().observe(ref)).phase).toBe("gone");
    expect(await stage.place.count()).toBe(0);
  });

  test("a second start of an instance ends the first: never two", async () => {
    const driver = open();
    const first = await running(driver);
    const second = { ...first, pid: null, pidStartedAt: null, nonce: randomHex() };
    await driver.start(second, stage.place.spec);
    await until(driver, second, "ready", limits.readyMs);
    await eventually(async () => expect(await stage.place.count()).toBe(1), limits.goneMs);
    expect((await driver.list()).map((one) => one.nonce)).toEqual([second.nonce]);
  });

  test("pruning leaves what runs alone", async () => {
    const driver = open();
    const ref = await running(driver);
    await driver.prune(new Set());
    await until(open(), ref, "ready", limits.noticeMs);
  });
}

export function laterDriverTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test("a new driver finds the same run, ready, and sees its end", async () => {
    const ref = await running(open());
    const later = open();
    const told: string[] = [];
    later.watch((serviceId) => told.push(serviceId));
    const seen = await until(later, ref, "ready", limits.noticeMs);
    expect(seen.run).toMatchObject({ pid: ref.pid, pidStartedAt: ref.pidStartedAt });
    expect(await stage.place.count()).toBe(1);
    await stage.place.crash(ref);
    await eventually(async () => expect(told).toContain(ref.serviceId), limits.noticeMs);
    await until(later, ref, "gone", limits.noticeMs);
  });

  test("a new driver finds a run whose start was never written down", async () => {
    const first = open();
    const ref = stage.place.newRef();
    await first.start(ref, stage.place.spec);
    const later = open();
    expect((await later.observe(ref)).phase).not.toBe("gone");
    await until(later, ref, "ready", limits.readyMs);
    expect(await stage.place.count()).toBe(1);
  });

  test("a run with another nonce is never taken for ready", async () => {
    const ref = await running(open());
    const later = open();
    const mistaken = { ...ref, nonce: randomHex() };
    await later.observe(mistaken);
    await sleep(500);
    expect((await later.observe(mistaken)).phase).not.toBe("ready");
  });

  test("a new driver ends what it lists", async () => {
    await running(open());
    const later = open();
    for (const one of await later.list()) await later.end(one);
    // A process that is ending loses its command line a moment before it is gone, so the two may differ for that long.
    await eventually(async () => expect([await stage.place.count(), await later.list()]).toEqual([0, []]), limits.goneMs);
  });
}

export function faultTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test("an end that nobody asked for is told, and seen", async () => {
    const driver = open();
    const told: string[] = [];
    const ref = await running(driver);
    driver.watch((serviceId) => told.push(serviceId));
    await stage.place.crash(ref);
    await eventually(async () => expect(told).toContain(ref.serviceId), limits.noticeMs);
    await until(driver, ref, "gone", limits.noticeMs);
  });

  if (stage.has("hang")) hangTest(stage);
  if (stage.has("broken")) brokenTest(stage);
}

function hangTest(stage: Stage): void {
  const { limits, open, running } = stage;
  test("one that lives without answering is unreachable, not gone, and ready once it answers", async () => {
    const driver = open();
    const ref = await running(driver);
    const mend = await given(stage.place.hang)(ref);
    await until(driver, ref, "unreachable", limits.cutMs);
    expect(await stage.place.count()).toBe(1);
    await mend();
    await until(driver, ref, "ready", limits.cutMs);
  });
}

function brokenTest(stage: Stage): void {
  const { limits, open } = stage;
  test("one that ends by itself is gone with how it ended, and its log says why", async () => {
    const broken = given(stage.place.broken);
    const driver = open();
    const ref = stage.place.newRef();
    const known = { ...ref, ...processOf(await driver.start(ref, broken.spec)) };
    const seen = await until(driver, known, "gone", limits.readyMs);
    expect(seen.phase === "gone" && (seen.exit ?? seen.cause?.reason)).toBeTruthy();
    await eventually(async () => expect(await wholeLog(driver, known)).toMatch(broken.says), limits.noticeMs);
  });
}

export function logTests(stage: Stage): void {
  const { limits, open, running } = stage;

  test("there is no log of what was never started", async () => {
    const part = await open().logs(stage.place.newRef(), null);
    expect(part?.lines ?? []).toEqual([]);
  });

  if (!stage.has("logSays")) return;
  const after = stage.has("endedLogs") ? "by a later driver too, and after the end" : "by a later driver too";
  test(`the log is read on from where it was left, ${after}`, async () => {
    const logSays = given(stage.place.logSays);
    const driver = open();
    const ref = await running(driver);
    await eventually(async () => expect(await wholeLog(driver, ref)).toMatch(logSays), limits.noticeMs);
    const first = await driver.logs(ref, null);
    expect(first?.lines.length).toBeGreaterThan(0);
    expect(first?.lines.every((line) => !/[\r\n]/.test(line.text))).toBe(true);
    if (stage.has("endedLogs")) {
      await driver.stop(ref, "drain");
      await until(driver, ref, "gone", limits.goneMs);
    }
    const rest = await open().logs(ref, first?.cursor ?? null);
    const whole = await driver.logs(ref, null);
    const texts = (part: typeof whole) => part?.lines.map((line) => line.text) ?? [];
    expect([...texts(first), ...texts(rest)]).toEqual(texts(whole));
    expect(texts(whole).join("\n")).not.toContain(ref.token);
  });

  test("runs of one instance have logs of their own", async () => {
    const driver = open();
    const first = await running(driver);
    const second = { ...first, pid: null, pidStartedAt: null, nonce: randomHex() };
    const known = { ...second, ...processOf(await driver.start(second, stage.place.spec)) };
    await until(driver, known, "ready", limits.readyMs);
    const before = (await driver.logs(known, null))?.lines.length ?? 0;
    expect(before).toBeGreaterThan(0);
    const both = (await wholeLog(driver, known)).match(new RegExp(given(stage.place.logSays), "g"));
    expect(both).toHaveLength(1);
  });
}

export function cutTests(stage: Stage): void {
  const { limits, open, running } = stage;

  if (!stage.has("cut")) return;
  test("a place that cannot be reached is told apart from one where nothing runs, and afterwards all is as before", async () => {
    const driver = open();
    const ref = await running(driver);
    const mend = await given(stage.place.cut)();
    const seesNoGone = async () => {
      const seen = await driver.observe(ref).catch((error: unknown) => {
        expect(error).toBeInstanceOf(RegionUnreachableError);
        return null;
      });
      expect(seen?.phase).not.toBe("gone");
      return seen?.phase ?? "cut";
    };
    await eventually(async () => expect(["cut", "unreachable"]).toContain(await seesNoGone()), limits.cutMs);
    await mend();
    await eventually(async () => expect(await seesNoGone()).toBe("ready"), limits.cutMs);
    expect(await stage.place.count()).toBe(1);
    expect(await driver.obstacle(stage.place.spec)).toBeNull();
  });
}
