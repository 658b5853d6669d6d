import type { Db } from "#lib/db/client.ts";

/** A second more than any gateway answers from memory without having heard of a change. */
const longestMs = 46_000;
const courtesyMs = 2_000;
const pollMs = 20;

/** Whose changes take rights away: `keys` (keys, users, memberships), `limits` (workspaces), `catalog` (services, instances). */
export type AwaitedTopic = "keys" | "limits" | "catalog";

/**
 * Waits until no gateway can admit a call by what stood before: each that is at work has acknowledged everything committed
 * up to now, or its lease has run out. Call it after the commit that takes a right away and before answering. Milliseconds
 * as a rule, 46 s at most; then it is true too, because without touch to the database a gateway stops after 45 s.
 */
export async function awaitGateways(db: Db, topic: AwaitedTopic): Promise<void> {
  await acknowledged(db, topic, longestMs);
}

/**
 * Waits until the gateways know what was committed up to now, two seconds at most: for what grants a right, so that a key
 * works from the moment it is shown. A gateway that is cut off is not waited for; nothing wrong comes of its being late.
 */
export async function tellGateways(db: Db, topic: AwaitedTopic): Promise<void> {
  await acknowledged(db, topic, courtesyMs);
}

async function acknowledged(db: Db, topic: AwaitedTopic, atMostMs: number): Promise<void> {
  let version: bigint | null = null;
  await untilAcknowledged(
    async () => {
      version ??= await committedVersion(db, topic);
      return !(await isAwaited(db, topic, version));
    },
    { nowMs: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    atMostMs,
  );
}

/** Asks again and again until the answer is yes or the time is over; by default that after which no gateway can be behind. */
export async function untilAcknowledged(
  isAcknowledged: () => Promise<boolean>,
  { nowMs, sleep }: { nowMs(): number; sleep(ms: number): Promise<void> },
  atMostMs: number = longestMs,
): Promise<void> {
  const deadline = nowMs() + atMostMs;
  while (nowMs() < deadline) {
    // The change is committed: a database that is away for a moment is waited for, as a gateway is.
    if (await isAcknowledged().catch(() => false)) return;
    await sleep(pollMs);
  }
}

async function committedVersion(db: Db, topic: AwaitedTopic): Promise<bigint> {
  const counter = await db.changeCounter.findUnique({ where: { topic }, select: { version: true } });
  return counter?.version ?? 0n;
}

async function isAwaited(db: Db, topic: AwaitedTopic, version: bigint): Promise<boolean> {
  const [row] = await db.$queryRaw<{ awaited: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM "gateways" g WHERE g."leaseUntil" > clock_timestamp()
        AND CASE ${topic} WHEN 'keys' THEN g."ackedKeys" WHEN 'limits' THEN g."ackedLimits" ELSE g."ackedCatalog" END < ${version}
    ) AS "awaited"`;
  return row?.awaited ?? true;
}
