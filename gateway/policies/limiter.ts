import { performance } from "node:perf_hooks";
import type { CallLimits, LimitUse, Principal } from "../ports.ts";
import { type LimitScope, tooManyAtOnce, tooManyRequests, tooManyTokens } from "./limit-errors.ts";
import { SlidingMinute } from "./sliding-minute.ts";

const sweepMs = 60_000;
/** What others have counted counts for as long as it did for them, should nothing newer be heard. */
const othersMs = 61_000;
/** Calls that run are known for a few seconds at most. */
const othersRunningMs = 5_000;

/** What of one key or workspace counts against its limits. */
interface Subject {
  requests: SlidingMinute;
  tokens: SlidingMinute;
  running: number;
  others: Others;
  /** Other gateways have been told of some use and not of its end. */
  isTold: boolean;
}

/** What other gateways have counted of the same, as of a moment of the monotonic clock. */
interface Others extends Omit<LimitUse, "subject"> {
  atMs: number;
}

/** One side of a call's limits: its key's, or its workspace's. */
interface Bound {
  scope: LimitScope;
  limits: CallLimits;
  subject: Subject;
}

/** How one limit stands. */
export interface LimitStatus {
  name: "requests_per_minute" | "tokens_per_minute" | "concurrency";
  scope: LimitScope;
  limit: number;
  remaining: number;
  /** Until nothing of it is used; 0 where nothing is, null for concurrency, which frees up as calls end. */
  resetMs: number | null;
}

/** A call's place under its limits. */
export interface Ticket {
  /** Takes the most tokens that the call may need. Throws `rate_limit_exceeded`. */
  reserveTokens(most: number): void;
  /** What was reserved becomes what it came to. */
  settleTokens(actual: number): void;
  /** The call has ended; once or more often. Tokens that were reserved and never settled are given back. */
  release(): void;
}

/**
 * Requests and tokens in any minute, and calls at once, of each key and workspace. Exact for what this process lets in; what
 * other gateways have counted is added as it is told, about a second later. A refused call does not count.
 */
export class Limiter {
  readonly #subjects = new Map<string, Subject>();
  readonly #now: () => number;
  #sweptMs: number;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#sweptMs = now();
  }

  /** Counts a request. Throws `rate_limit_exceeded` or `concurrency_limit_exceeded`. */
  enter(principal: Principal): Ticket {
    if (!isLimited(principal)) return unbounded;
    const nowMs = this.#now();
    this.#sweep(nowMs);
    const bounds = this.#boundsOf(principal);
    for (const { scope, limits, subject } of bounds) {
      const { requestsPerMinute, concurrency } = limits;
      const others = othersOf(subject, nowMs);
      if (requestsPerMinute !== null && subject.requests.used(nowMs) + others.requests + 1 > requestsPerMinute) {
        throw tooManyRequests(scope, requestsPerMinute, msUntilFits(subject.requests, nowMs, 1, requestsPerMinute, others.requests));
      }
      if (concurrency !== null && subject.running + others.running + 1 > concurrency) throw tooManyAtOnce(scope, concurrency);
    }
    for (const { subject } of bounds) {
      subject.requests.add(nowMs, 1);
      subject.running++;
    }
    return this.#ticket(bounds);
  }

  /** Every limit of the caller, its key's first. */
  status(principal: Principal): readonly LimitStatus[] {
    if (!isLimited(principal)) return none;
    const nowMs = this.#now();
    return this.#boundsOf(principal).flatMap(({ scope, limits, subject }) => statusOf(scope, limits, subject, nowMs));
  }

  /** What has been counted here of everybody who has limits and called within the last minute, and once more when it is over. */
  inUse(): LimitUse[] {
    const nowMs = this.#now();
    const uses: LimitUse[] = [];
    for (const [id, subject] of this.#subjects) {
      const requests = subject.requests.used(nowMs);
      const tokens = subject.tokens.used(nowMs);
      const { running } = subject;
      if (subject.isTold || isSome({ requests, tokens, running })) uses.push({ subject: id, requests, tokens, running });
    }
    return uses;
  }

  /** Takes what all other gateways together have counted of those that were asked for; who is not told of has called none. */
  noteOthers(asked: readonly LimitUse[], told: readonly LimitUse[]): void {
    const atMs = this.#now();
    const bySubject = new Map(told.map((use) => [use.subject, use]));
    for (const mine of asked) {
      const subject = this.#subjects.get(mine.subject);
      const use = bySubject.get(mine.subject);
      if (!subject) continue;
      subject.others = use ? { ...use, atMs } : nobody;
      subject.isTold = isSome(mine);
    }
  }

  #boundsOf({ keyId, rules, workspaceId, workspaceLimits }: Principal): Bound[] {
    const bounds: Bound[] = [];
    if (keyId && rules && isBounded(rules.limits)) bounds.push({ scope: "key", limits: rules.limits, subject: this.#subject(keyId) });
    if (isBounded(workspaceLimits)) bounds.push({ scope: "workspace", limits: workspaceLimits, subject: this.#subject(workspaceId) });
    return bounds;
  }

  #subject(id: string): Subject {
    let subject = this.#subjects.get(id);
    if (!subject) {
      subject = { requests: new SlidingMinute(), tokens: new SlidingMinute(), running: 0, others: nobody, isTold: false };
      this.#subjects.set(id, subject);
    }
    return subject;
  }

  #ticket(bounds: Bound[]): Ticket {
    const now = this.#now;
    let reserved = 0;
    let second = 0;
    let held = true;
    const settle = (actual: number) => {
      for (const { subject } of bounds) subject.tokens.correct(now(), second, actual - reserved);
      reserved = 0;
    };
    return {
      reserveTokens(most) {
        const nowMs = now();
        for (const { scope, limits, subject } of bounds) {
          const limit = limits.tokensPerMinute;
          const others = othersOf(subject, nowMs).tokens;
          if (limit === null || subject.tokens.used(nowMs) + others + most <= limit) continue;
          throw tooManyTokens(scope, limit, most, msUntilFits(subject.tokens, nowMs, most, limit, others));
        }
        for (const { subject } of bounds) second = subject.tokens.add(nowMs, most);
        reserved = most;
      },
      settleTokens: settle,
      release() {
        if (!held) return;
        held = false;
        if (reserved > 0) settle(0);
        for (const { subject } of bounds) subject.running--;
      },
    };
  }

  /** Forgets who has not called for a minute. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepMs) return;
    this.#sweptMs = nowMs;
    for (const [id, { requests, tokens, running, isTold }] of this.#subjects) {
      if (!isTold && !isSome({ requests: requests.used(nowMs), tokens: tokens.used(nowMs), running })) this.#subjects.delete(id);
    }
  }
}

const none: readonly LimitStatus[] = [];
const nobody: Others = { requests: 0, tokens: 0, running: 0, atMs: 0 };
const unbounded: Ticket = { reserveTokens() {}, settleTokens() {}, release() {} };

function isLimited({ rules, workspaceLimits }: Principal): boolean {
  return (rules !== null && isBounded(rules.limits)) || isBounded(workspaceLimits);
}

function isBounded({ requestsPerMinute, tokensPerMinute, concurrency }: CallLimits): boolean {
  return requestsPerMinute !== null || tokensPerMinute !== null || concurrency !== null;
}

function isSome({ requests, tokens, running }: Omit<LimitUse, "subject">): boolean {
  return requests > 0 || tokens > 0 || running > 0;
}

function othersOf({ others }: Subject, nowMs: number): Others {
  if (others === nobody || nowMs - others.atMs >= othersMs) return nobody;
  return nowMs - others.atMs < othersRunningMs ? others : { ...others, running: 0 };
}

/** Until the amount fits under the limit: what is ours frees up as it was taken, what others use as if it had been evenly. */
function msUntilFits(window: SlidingMinute, nowMs: number, amount: number, limit: number, others: number): number {
  if (amount > limit) return Number.POSITIVE_INFINITY;
  const ownMs = amount + others <= limit ? window.msUntilFits(nowMs, amount, limit - others) : othersMs;
  const excess = window.used(nowMs) + others + amount - limit;
  return excess < others ? Math.min(ownMs, (othersMs * excess) / others) : ownMs;
}

function statusOf(scope: LimitScope, limits: CallLimits, subject: Subject, nowMs: number): LimitStatus[] {
  const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
  const statuses: LimitStatus[] = [];
  const others = othersOf(subject, nowMs);
  const inMinute = (name: LimitStatus["name"], limit: number, window: SlidingMinute, theirs: number) => {
    const remaining = Math.max(0, limit - window.used(nowMs) - theirs);
    const theirsMs = theirs > 0 ? othersMs - (nowMs - others.atMs) : 0;
    statuses.push({ name, scope, limit, remaining, resetMs: Math.max(window.msUntilEmpty(nowMs), theirsMs) });
  };
  if (requestsPerMinute !== null) inMinute("requests_per_minute", requestsPerMinute, subject.requests, others.requests);
  if (tokensPerMinute !== null) inMinute("tokens_per_minute", tokensPerMinute, subject.tokens, others.tokens);
  if (concurrency !== null) {
    const remaining = Math.max(0, concurrency - subject.running - others.running);
    statuses.push({ name: "concurrency", scope, limit: concurrency, remaining, resetMs: null });
  }
  return statuses;
}
