import { performance } from "node:perf_hooks";
import type { CallLimits, Principal } from "../ports.ts";
import { type LimitScope, tooManyAtOnce, tooManyRequests, tooManyTokens } from "./limit-errors.ts";
import { SlidingMinute } from "./sliding-minute.ts";

const sweepMs = 60_000;

/** What of one key or workspace counts against its limits. */
interface Subject {
  requests: SlidingMinute;
  tokens: SlidingMinute;
  running: number;
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
 * Requests and tokens in any minute, and calls at once, of each key and workspace. Counted in this process alone: with
 * several gateways each allows the whole limit. A refused call does not count.
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
    const nowMs = this.#now();
    this.#sweep(nowMs);
    const bounds = this.#boundsOf(principal);
    for (const { scope, limits, subject } of bounds) {
      const { requestsPerMinute, concurrency } = limits;
      if (requestsPerMinute !== null && subject.requests.used(nowMs) + 1 > requestsPerMinute) {
        throw tooManyRequests(scope, requestsPerMinute, subject.requests.msUntilFits(nowMs, 1, requestsPerMinute));
      }
      if (concurrency !== null && subject.running + 1 > concurrency) throw tooManyAtOnce(scope, concurrency);
    }
    for (const { subject } of bounds) {
      subject.requests.add(nowMs, 1);
      subject.running++;
    }
    return this.#ticket(bounds);
  }

  /** Every limit of the caller, its key's first. */
  status(principal: Principal): readonly LimitStatus[] {
    const bounds = this.#boundsOf(principal);
    if (bounds.length === 0) return none;
    const nowMs = this.#now();
    return bounds.flatMap(({ scope, limits, subject }) => statusOf(scope, limits, subject, nowMs));
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
      subject = { requests: new SlidingMinute(), tokens: new SlidingMinute(), running: 0 };
      this.#subjects.set(id, subject);
    }
    return subject;
  }

  #ticket(bounds: Bound[]): Ticket {
    if (bounds.length === 0) return unbounded;
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
          if (limit === null || subject.tokens.used(nowMs) + most <= limit) continue;
          throw tooManyTokens(scope, limit, most, subject.tokens.msUntilFits(nowMs, most, limit));
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
    for (const [id, subject] of this.#subjects) {
      if (subject.running === 0 && subject.requests.used(nowMs) === 0 && subject.tokens.used(nowMs) === 0) this.#subjects.delete(id);
    }
  }
}

const none: readonly LimitStatus[] = [];
const unbounded: Ticket = { reserveTokens() {}, settleTokens() {}, release() {} };

function isBounded({ requestsPerMinute, tokensPerMinute, concurrency }: CallLimits): boolean {
  return requestsPerMinute !== null || tokensPerMinute !== null || concurrency !== null;
}

function statusOf(scope: LimitScope, limits: CallLimits, subject: Subject, nowMs: number): LimitStatus[] {
  const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
  const statuses: LimitStatus[] = [];
  const inMinute = (name: LimitStatus["name"], limit: number, window: SlidingMinute) => {
    const remaining = Math.max(0, limit - window.used(nowMs));
    statuses.push({ name, scope, limit, remaining, resetMs: window.msUntilEmpty(nowMs) });
  };
  if (requestsPerMinute !== null) inMinute("requests_per_minute", requestsPerMinute, subject.requests);
  if (tokensPerMinute !== null) inMinute("tokens_per_minute", tokensPerMinute, subject.tokens);
  if (concurrency !== null) {
    statuses.push({ name: "concurrency", scope, limit: concurrency, remaining: Math.max(0, concurrency - subject.running), resetMs: null });
  }
  return statuses;
}
