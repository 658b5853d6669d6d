import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "#lib/observability/logger.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import type { Driver } from "../drivers/driver.ts";
import { loadSnapshot } from "./load.ts";
import { type ReconcileDeps, reconcileService } from "./reconcile.ts";
import type { Snapshot } from "./snapshot.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A place that takes note of what is `started` there; `onLook` is waited for each time before it says that there is room. */
function place(started: string[], onLook: () => Promise<void>): Driver {
  const run = { pid: 1, pidStartedAt: "1", logFile: null, host: "here", contextLength: 512 };
  return {
    async obstacle() {
      await onLook();
      return null;
    },
    async start(ref) {
      started.push(ref.instanceId);
      return run;
    },
    observe: async (ref) =>
      started.includes(ref.instanceId)
        ? { phase: "starting", run, endpoint: null, sinceMs: 1, drainingMs: null }
        : { phase: "gone", exit: null },
    stop: async () => {},
    list: async () => [],
    end: async () => {},
    logs: async () => null,
    prune: async () => {},
    watch() {},
    close() {},
  };
}

function deployer(holder: string, driver: Driver): ReconcileDeps {
  const drivers = { driverFor: () => driver, opened: () => [], watch() {}, close() {} };
  const logger = createLogger("deployer", { level: "silent", format: "json" });
  return { db: database.db, drivers, holder, logger, now: () => new Date(), random: () => 0 };
}

async function read(id: string): Promise<Snapshot> {
  const snapshot = await loadSnapshot(database.db, id);
  if (!snapshot) throw new Error("the service is gone");
  return snapshot;
}

test("what was read while another deployer was at it is read anew before anything is done", async () => {
  const id = await createService(database.db);
  const started: string[] = [];
  const first = Promise.withResolvers<void>();
  let second: Promise<unknown> | null = null;
  const later = deployer(
    "two",
    place(started, () => first.promise),
  );
  const driver = place(started, async () => {
    const seen = await read(id);
    // One has made the row and is about to start it. The other looks at that moment, and decides when that is done.
    if (seen.instances[0]?.state === "pending") second ??= reconcileService(later, seen);
  });
  await reconcileService(deployer("one", driver), await read(id));
  expect(started).toHaveLength(1);
  const [instance] = (await read(id)).instances;
  first.resolve();
  expect(second).not.toBeNull();
  await second;
  expect(started).toHaveLength(1);
  expect((await read(id)).instances).toEqual([instance]);
});

test("what was read while nobody was at it holds, unless somebody was since", async () => {
  const id = await createService(database.db);
  const started: string[] = [];
  const driver = place(started, async () => {});
  const [mine, theirs] = [await read(id), await read(id)];
  await reconcileService(deployer("one", driver), mine);
  await reconcileService(deployer("two", driver), theirs);
  expect(started).toHaveLength(1);
  expect((await read(id)).instances).toHaveLength(1);
});
