/**
 * A gateway's lease on one workspace's credit: what it has drawn, what is held and spent of it, and which operation on
 * the database comes next. Pure: no clock, no I/O; times are handed in as milliseconds of one monotonic clock.
 * docs/decisions/0006-credit-leases.md has the state table.
 */
export interface Lease {
  drawnNano: bigint;
  heldNano: bigint;
  /** Charged, and not in the database yet. */
  spentNano: bigint;
  /** Calls that wait for more credit, first in, first out. */
  waiting: Waiting[];
  /** Turns given to those who waited so far. */
  turns: number;
  /** The one operation that is on its way; null: none. */
  operation: Operation | null;
  /** The recall that this gateway has sent. Who asked after it (a later turn) cannot be refused by what came of it. */
  recall: { version: bigint; endMs: number; lastTurn: number } | null;
  /** The last draw was refused while others have leases: a recall is due. */
  recallDue: boolean;
  /** No draw before this moment, while others answer the recall. */
  drawAtMs: number;
  /** The last recall of another gateway that has been seen here. */
  recalled: { version: bigint; endMs: number; answered: boolean } | null;
  usedAtMs: number;
  lastAmountNano: bigint;
  /** No drawing ahead before this moment: the last time there was nothing to draw. */
  aheadAtMs: number;
  /** Calls that a draw may be ahead of: what comes in a second at the pace of late. */
  callsAhead: bigint;
  /** Calls that have asked since that moment. */
  asked: { calls: number; fromMs: number };
}

export interface Waiter {
  requestId: string;
  amountNano: bigint;
}

interface Waiting extends Waiter {
  turn: number;
}

export type Operation =
  | {
      kind: "draw";
      id: string;
      /** What the first waiter lacks; 0 for drawing ahead. */
      neededNano: bigint;
      /** What all who wait lack. */
      queuedNano: bigint;
      /** The most that may be drawn for calls to come. */
      aheadNano: bigint;
      recallVersion: bigint | null;
      /** The last who waited when it was sent: nobody later can be refused by its answer. */
      lastTurn: number;
    }
  | { kind: "recall"; id: string; lastTurn: number }
  | { kind: "return"; id: string; amountNano: bigint; recallVersion: bigint | null };

export interface DrawAnswer {
  /** 0: refused. */
  grantedNano: bigint;
  /** Leases of other gateways on this workspace. */
  othersNano: bigint;
  /** How many of them have not answered the recall yet. */
  pending: number;
}

/** What an event decided for calls that waited. */
export interface Decided {
  held: Waiter[];
  refused: Waiter[];
}

/** An idle lease is kept this long, so that a database that is away for a while stops nobody. */
export const idleMs = 60_000;
/** Others have this long to answer a recall. */
export const recallMs = 1_000;
/** A recall stands longer than anybody waits for it: nothing is drawn ahead while its answers still count. */
export const recallStandsMs = 2 * recallMs;
const redrawMs = 30;
const aheadPauseMs = 1_000;
/** The fewest calls that a draw may be ahead of. */
const fewestAhead = 64;
const mostAhead = 1_000_000;
/** Below room for this part of the calls ahead it is drawn, so that none has to wait. */
const lowPart = 4n;
const paceMs = 250;

export function emptyLease(nowMs: number): Lease {
  return {
    ...{ drawnNano: 0n, heldNano: 0n, spentNano: 0n, waiting: [], turns: 0, operation: null, recall: null, recallDue: false, drawAtMs: 0 },
    ...{ recalled: null, usedAtMs: nowMs, lastAmountNano: 0n, aheadAtMs: 0 },
    ...{ callsAhead: BigInt(fewestAhead), asked: { calls: 0, fromMs: nowMs } },
  };
}

/** What may be held at once. Never below 0. */
export function freeNano({ drawnNano, heldNano, spentNano, operation }: Lease): bigint {
  return drawnNano - heldNano - spentNano - (operation?.kind === "return" ? operation.amountNano : 0n);
}

/** True where the amount is held now; else the call waits. */
export function ask(lease: Lease, waiter: Waiter, nowMs: number): boolean {
  lease.usedAtMs = nowMs;
  lease.lastAmountNano = waiter.amountNano;
  notePace(lease, nowMs);
  if (lease.waiting.length === 0 && freeNano(lease) >= waiter.amountNano) {
    lease.heldNano += waiter.amountNano;
    return true;
  }
  lease.turns += 1;
  lease.waiting.push({ ...waiter, turn: lease.turns });
  return false;
}

/** A workspace that calls ten thousand times a second would else draw all the time, and its calls wait for it. */
function notePace(lease: Lease, nowMs: number): void {
  const { asked } = lease;
  asked.calls++;
  const passedMs = nowMs - asked.fromMs;
  if (passedMs < paceMs) return;
  const perSecond = Math.ceil((asked.calls * 1_000) / passedMs);
  lease.callsAhead = BigInt(Math.min(mostAhead, Math.max(fewestAhead, perSecond)));
  asked.calls = 0;
  asked.fromMs = nowMs;
}

/** A hold has ended: `chargeNano` of it (0 for a release) is spent, the rest is free again. Returns who is served by it. */
export function end(lease: Lease, amountNano: bigint, chargeNano: bigint): Waiter[] {
  if (chargeNano > amountNano) throw new RangeError(`a charge of ${chargeNano} on a hold of ${amountNano}`);
  lease.heldNano -= amountNano;
  lease.spentNano += chargeNano;
  return serve(lease);
}

/** Somebody waits for what becomes free: calls here, or another gateway. */
export function isWanted({ waiting, recalled }: Lease): boolean {
  return waiting.length > 0 || recalled !== null;
}

/** A charge is in the database: lease and wallet are smaller by it. */
export function settled(lease: Lease, chargeNano: bigint): void {
  lease.drawnNano -= chargeNano;
  lease.spentNano -= chargeNano;
}

/** A charge will never be in the database: the amount is free again. Returns who is served by it. */
export function refunded(lease: Lease, chargeNano: bigint): Waiter[] {
  lease.spentNano -= chargeNano;
  return serve(lease);
}

/** Another gateway looks for credit: what is free goes back until `endMs`. */
export function recalled(lease: Lease, version: bigint, endMs: number): void {
  if (lease.recalled && lease.recalled.version >= version) return;
  lease.recalled = { version, endMs, answered: false };
}

/**
 * The operation that is due, marked as on its way; null where there is none or one is on its way already.
 * A recall is answered first, even while calls wait here: two that both keep their part would both be refused.
 */
export function next(lease: Lease, nowMs: number, newId: () => string): Operation | null {
  if (lease.operation) return null;
  const operation = recallAnswer(lease, nowMs, newId) ?? forWaiters(lease, nowMs, newId) ?? forQuietTimes(lease, nowMs, newId);
  lease.operation = operation;
  return operation;
}

function recallAnswer(lease: Lease, nowMs: number, newId: () => string): Operation | null {
  const { recalled: asked, waiting } = lease;
  if (!asked || nowMs >= asked.endMs) return null;
  const amountNano = freeNano(lease);
  // Answered once, what becomes free goes to those who wait here, and back where nobody does.
  if (asked.answered && (amountNano === 0n || waiting.length > 0)) return null;
  return { kind: "return", id: newId(), amountNano, recallVersion: asked.version };
}

function forWaiters(lease: Lease, nowMs: number, newId: () => string): Operation | null {
  const { waiting, recall, recallDue, drawAtMs } = lease;
  const first = waiting[0];
  if (!first) return null;
  if (recallDue) return { kind: "recall", id: newId(), lastTurn: lease.turns };
  if (nowMs < drawAtMs) return null;
  const free = freeNano(lease);
  const total = waiting.reduce((sum, waiter) => sum + waiter.amountNano, 0n);
  return {
    kind: "draw",
    id: newId(),
    neededNano: first.amountNano - free,
    queuedNano: total - free,
    aheadNano: lease.callsAhead * first.amountNano,
    recallVersion: recall?.version ?? null,
    lastTurn: lease.turns,
  };
}

function forQuietTimes(lease: Lease, nowMs: number, newId: () => string): Operation | null {
  const { waiting, usedAtMs, lastAmountNano, aheadAtMs, callsAhead } = lease;
  if (waiting.length > 0) return null;
  const free = freeNano(lease);
  if (nowMs - usedAtMs >= idleMs) {
    return free > 0n ? { kind: "return", id: newId(), amountNano: free, recallVersion: null } : null;
  }
  const recalling = lease.recalled !== null && nowMs < lease.recalled.endMs;
  const aheadNano = callsAhead * lastAmountNano;
  if (recalling || nowMs < aheadAtMs || free * lowPart >= aheadNano) return null;
  return { kind: "draw", id: newId(), neededNano: 0n, queuedNano: 0n, aheadNano, recallVersion: null, lastTurn: 0 };
}

/** The answer to a draw. */
export function drawn(lease: Lease, answer: DrawAnswer, nowMs: number): Decided {
  const draw = lease.operation;
  if (draw?.kind !== "draw") throw new Error("no draw is on its way");
  lease.operation = null;
  if (draw.neededNano === 0n) {
    if (answer.grantedNano === 0n) lease.aheadAtMs = nowMs + aheadPauseMs;
    lease.drawnNano += answer.grantedNano;
    return { held: serve(lease), refused: [] };
  }
  if (answer.grantedNano > 0n) {
    lease.drawnNano += answer.grantedNano;
    forgetRecall(lease);
    return { held: serve(lease), refused: [] };
  }
  if (lease.waiting.length === 0) {
    forgetRecall(lease);
  } else if (!lease.recall && answer.othersNano > 0n) {
    lease.recallDue = true;
  } else if (lease.recall && answer.pending > 0 && nowMs < lease.recall.endMs) {
    lease.drawAtMs = nowMs + redrawMs;
  } else if (lease.recall && answer.pending === 0 && nowMs >= lease.recall.endMs) {
    // All have answered, but so long ago that they may have something idle again.
    lease.recallDue = true;
  } else {
    const refused = refuse(lease, draw.neededNano, lease.recall?.lastTurn ?? draw.lastTurn);
    // What is free may be enough for those who stood behind.
    return { held: serve(lease), refused };
  }
  return { held: [], refused: [] };
}

/** The recall is known to the others; they have until `recallMs` from now. */
export function recallSent(lease: Lease, version: bigint, nowMs: number): void {
  const sent = lease.operation;
  if (sent?.kind !== "recall") throw new Error("no recall is on its way");
  lease.operation = null;
  lease.recallDue = false;
  lease.recall = { version, endMs: nowMs + recallMs, lastTurn: sent.lastTurn };
  lease.drawAtMs = nowMs + redrawMs;
}

/** The answer to a return: `backNano` is what the database took back. */
export function returned(lease: Lease, backNano: bigint): Waiter[] {
  const done = lease.operation;
  if (done?.kind !== "return") throw new Error("no return is on its way");
  lease.operation = null;
  // Less comes back only where the lease was repaired by hand; what is missing is not there for calls either.
  lease.drawnNano -= done.amountNano > backNano ? done.amountNano : backNano;
  if (lease.recalled && done.recallVersion === lease.recalled.version) lease.recalled.answered = true;
  return serve(lease);
}

/** Takes out one that has waited too long; false where it does not wait. */
export function withdraw(lease: Lease, requestId: string): boolean {
  const index = lease.waiting.findIndex((waiter) => waiter.requestId === requestId);
  if (index >= 0) lease.waiting.splice(index, 1);
  return index >= 0;
}

/** All who wait, taken out: the database does not answer. */
export function giveUp(lease: Lease): Waiter[] {
  forgetRecall(lease);
  return lease.waiting.splice(0);
}

/** Nothing drawn, nothing wanted: the lease can be forgotten. */
export function isEmpty({ drawnNano, heldNano, spentNano, waiting, operation }: Lease): boolean {
  return drawnNano === 0n && heldNano === 0n && spentNano === 0n && waiting.length === 0 && operation === null;
}

function serve(lease: Lease): Waiter[] {
  const served: Waiter[] = [];
  for (let first = lease.waiting[0]; first && freeNano(lease) >= first.amountNano; first = lease.waiting[0]) {
    lease.heldNano += first.amountNano;
    served.push(first);
    lease.waiting.shift();
  }
  if (served.length > 0) forgetRecall(lease);
  return served;
}

/** Those who had asked when the draw was sent, and lack at least what it was refused. */
function refuse(lease: Lease, neededNano: bigint, lastTurn: number): Waiter[] {
  forgetRecall(lease);
  const free = freeNano(lease);
  const lacks = (waiter: Waiting) => waiter.turn <= lastTurn && waiter.amountNano - free >= neededNano;
  const refused = lease.waiting.filter(lacks);
  lease.waiting = lease.waiting.filter((waiter) => !lacks(waiter));
  return refused;
}

function forgetRecall(lease: Lease): void {
  lease.recall = null;
  lease.recallDue = false;
  lease.drawAtMs = 0;
}
