import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach } from "vitest";
import { newId } from "#lib/ids.ts";
import type { Driver, InstanceRef, InstanceSpec, Observation } from "./driver.ts";

/**
 * A place of its own that one test's instances run in: what a driver's test harness offers. Everything in it is the real
 * thing, or outside the product. What a place cannot do is null here and named in {@link ContractOptions.without}; the tests
 * that need it are then left out for that driver.
 *
 * A driver's `*.contract.test.ts` calls `driverContract` of contract.ts (runs that the driver brings up and down) or
 * `standingContract` (endpoints that stand already and are only watched), and may have tests of its own beside.
 */
export interface ContractPlace {
  /** A driver for this place; called again, one that knows nothing yet, as after the deployer's restart. */
  open(): Driver;
  /** Starts, and answers within {@link ContractLimits.readyMs}. */
  spec: InstanceSpec;
  /** One that cannot be started, and the reason that is expected from `obstacle` and, as a StartError, from `start`. */
  blocked: { spec: InstanceSpec; reason: string } | null;
  /** One that can be started and ends by itself with a failure, soon and each time, after it has written to its log. */
  broken: { spec: InstanceSpec; says: RegExp } | null;
  /** Makes a reference as a new row has it; where a place names endpoints, with the id of one that answers. */
  newRef(): InstanceRef;
  /** Ends a run, or makes a standing endpoint refuse, behind the driver's back. */
  crash(ref: InstanceRef): Promise<void>;
  /** Makes a run live on without answering; the returned function brings it back. Null where it cannot be done. */
  hang: ((ref: InstanceRef) => Promise<() => Promise<void>>) | null;
  /**
   * Cuts this place off from every driver, and every run with it: connections fail or hang. The returned function brings it
   * back. Null where place and driver are one machine.
   */
  cut: (() => Promise<() => Promise<void>>) | null;
  /** How many runs there are, by the place's own word; of a standing place, endpoints that answer. */
  count(): Promise<number>;
  /** What a run's log says once it is ready, somewhere in it; null where the place keeps no logs. */
  logSays: RegExp | null;
  /** Ends what is left. */
  dispose(): Promise<void>;
}

/** What a real place may take, in milliseconds; the default is this machine's. */
export interface ContractLimits {
  /** From a start until it answers. */
  readyMs?: number;
  /** From a stop until it is gone. */
  goneMs?: number;
  /** From a change until `watch` tells it, and until a new driver sees what is. */
  noticeMs?: number;
  /** From a cut until it is noticed, and from its end until all is as before. */
  cutMs?: number;
}

/** What a place may be without; `endedLogs`: a run's log can be read after its end. */
export type PlaceFeature = "blocked" | "broken" | "hang" | "cut" | "logSays" | "endedLogs";

export interface ContractOptions {
  limits?: ContractLimits;
  without?: readonly PlaceFeature[];
}

const machineLimits = { readyMs: 20_000, goneMs: 15_000, noticeMs: 3_000, cutMs: 15_000 };

/** What the tests of a contract work with. */
export interface Stage {
  place: ContractPlace;
  limits: Required<ContractLimits>;
  has(feature: PlaceFeature): boolean;
  /** A driver that is closed when the test ends. */
  open(): Driver;
  /** A started run that is ready. */
  running(driver: Driver): Promise<InstanceRef>;
}

/** The slowest test brings two runs up, and one of them down. */
export function timeoutMs({ limits }: ContractOptions): number {
  const { readyMs, goneMs, noticeMs, cutMs } = { ...machineLimits, ...limits };
  return 2 * (readyMs + cutMs) + goneMs + noticeMs;
}

/** Makes a place for each test of the surrounding describe, and disposes of it after. */
export function onStage(createPlace: () => Promise<ContractPlace>, { limits: given, without = [] }: ContractOptions): Stage {
  const limits = { ...machineLimits, ...given };
  let place: ContractPlace | null = null;
  let opened: Driver[] = [];
  beforeEach(async () => {
    opened = [];
    place = await createPlace();
  });
  afterEach(async () => {
    for (const driver of opened) driver.close();
    await place?.dispose();
  });
  const stage: Stage = {
    limits,
    has: (feature) => !without.includes(feature),
    get place() {
      if (!place) throw new Error("no test is running");
      return place;
    },
    open() {
      const driver = stage.place.open();
      opened.push(driver);
      return driver;
    },
    async running(driver) {
      const ref = stage.place.newRef();
      const known = { ...ref, ...processOf(await driver.start(ref, stage.place.spec)) };
      await until(driver, known, "ready", limits.readyMs);
      return known;
    },
  };
  return stage;
}

/** A feature that the place has by its own word. */
export function given<T>(feature: T | null): T {
  if (feature === null) throw new Error("the place is without it: name it in `without`");
  return feature;
}

/** A reference as a new row has it, with a nonce as a start gives it. */
export function newRef(): InstanceRef {
  const none = { pid: null, pidStartedAt: null, place: null };
  return { instanceId: newId("ins"), serviceId: newId("svc"), ...none, nonce: randomHex(), token: randomHex() };
}

type Live = Exclude<Observation, { phase: "gone" }>;

export async function until<Phase extends Observation["phase"]>(
  driver: Driver,
  ref: InstanceRef,
  phase: Phase,
  limitMs: number,
): Promise<Phase extends "gone" ? Observation : Live> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await driver.observe(ref);
    if (seen.phase === phase) return seen as Phase extends "gone" ? Observation : Live;
    if (performance.now() > end) throw new Error(`${ref.instanceId} is ${seen.phase}, not ${phase}`);
    await sleep(25);
  }
}

export async function eventually(check: () => Promise<void>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(25);
  }
}

/** All lines of a run, as one text. */
export async function wholeLog(driver: Driver, ref: InstanceRef): Promise<string> {
  return (await driver.logs(ref, null))?.lines.map((line) => line.text).join("\n") ?? "";
}

/** What a row keeps of a start. */
export function processOf({ pid, pidStartedAt }: { pid: number | null; pidStartedAt: string | null }) {
  return { pid, pidStartedAt };
}

export function randomHex(): string {
  return randomBytes(32).toString("hex");
}
