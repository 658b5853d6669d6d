import { beforeEach, expect, test } from "vitest";
import type { LimitUse } from "../ports.ts";
import { principalWith } from "../testing/principal.ts";
import { limitHeaders } from "./limit-headers.ts";
import { Limiter } from "./limiter.ts";

let nowMs = 0;
let limiter = new Limiter();
beforeEach(() => {
  nowMs = 1_000_000;
  limiter = new Limiter(() => nowMs);
});

function refusal(act: () => unknown): { code: string; message: string; retryAfterSeconds: number | null } {
  try {
    act();
  } catch (error) {
    return error as { code: string; message: string; retryAfterSeconds: number };
  }
  throw new Error("nothing was refused");
}

test("requests per minute: the limit is named with its value and its reset, and a refused one does not count", () => {
  const caller = principalWith({ requestsPerMinute: 3 });
  for (let turn = 0; turn < 3; turn++) limiter.enter(caller).release();
  nowMs += 20_000;
  for (let turn = 0; turn < 5; turn++) {
    const error = refusal(() => limiter.enter(caller));
    expect(error.code).toBe("rate_limit_exceeded");
    expect(error.message).toContain("limit of 3 requests per minute of this API key");
    expect(error.message).toContain(`frees up in ${error.retryAfterSeconds} s`);
    expect(error.retryAfterSeconds).toBe(41);
  }
  nowMs += 41_000;
  limiter.enter(caller).release();
});

test("two keys of a workspace share its limit and keep their own", () => {
  const one = principalWith({ requestsPerMinute: 2 }, { requestsPerMinute: 3 });
  const two = principalWith({ requestsPerMinute: 9 }, { requestsPerMinute: 3 }, { keyId: "key_2" });
  const other = principalWith({}, { requestsPerMinute: 3 }, { keyId: "key_3", workspaceId: "ws_2" });
  limiter.enter(one);
  limiter.enter(one);
  expect(refusal(() => limiter.enter(one)).message).toContain("of this API key");
  limiter.enter(two);
  expect(refusal(() => limiter.enter(two)).message).toContain("3 requests per minute of your workspace");
  limiter.enter(other);
});

test("calls at once: a place is free again when its call ends, however often it says so", () => {
  const caller = principalWith({ concurrency: 2 });
  const first = limiter.enter(caller);
  limiter.enter(caller);
  const error = refusal(() => limiter.enter(caller));
  expect([error.code, error.retryAfterSeconds]).toEqual(["concurrency_limit_exceeded", 1]);
  expect(error.message).toContain("limit of 2 calls at once");
  first.release();
  first.release();
  limiter.enter(caller);
  expect(refusal(() => limiter.enter(caller)).code).toBe("concurrency_limit_exceeded");
});

test("tokens per minute: the most a call may need is taken at its start and becomes what it came to", () => {
  const caller = principalWith({ tokensPerMinute: 1_000 });
  const left = () => limiter.status(caller).find(({ name }) => name === "tokens_per_minute")?.remaining;
  const first = limiter.enter(caller);
  first.reserveTokens(900);
  expect(left()).toBe(100);
  const second = limiter.enter(caller);
  const error = refusal(() => second.reserveTokens(101));
  expect([error.code, error.retryAfterSeconds]).toEqual(["rate_limit_exceeded", 61]);
  expect(error.message).toMatch(/may need 101 tokens.*limit of 1000 tokens per minute/);
  second.release();
  nowMs += 5_000;
  first.settleTokens(30);
  first.release();
  expect(left()).toBe(970);
  limiter.enter(caller).reserveTokens(970);
  const never = refusal(() => limiter.enter(caller).reserveTokens(1_001));
  expect([never.code, never.retryAfterSeconds]).toEqual(["rate_limit_exceeded", null]);
});

test("a call that is refused after its tokens were reserved gives them back", () => {
  const caller = principalWith({ tokensPerMinute: 100 });
  const ticket = limiter.enter(caller);
  ticket.reserveTokens(100);
  ticket.release();
  limiter.enter(caller).reserveTokens(100);
});

test("without limits nothing is counted and no header is told", () => {
  const free = principalWith({});
  for (let turn = 0; turn < 1_000; turn++) limiter.enter(free).reserveTokens(1e9);
  expect(limitHeaders(limiter.status(free))).toEqual([]);
});

function told(caller: Parameters<Limiter["status"]>[0]): Record<string, string> {
  const headers = limitHeaders(limiter.status(caller));
  return Object.fromEntries(headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""]] : [])));
}

test("headers are OpenAI's, of the tighter of two limits", () => {
  const caller = principalWith({ requestsPerMinute: 10, tokensPerMinute: 500 }, { requestsPerMinute: 5 });
  limiter.enter(caller).reserveTokens(120);
  nowMs += 500;
  expect(told(caller)).toEqual({
    "x-ratelimit-limit-requests": "5",
    "x-ratelimit-remaining-requests": "4",
    "x-ratelimit-reset-requests": "1m1s",
    "x-ratelimit-limit-tokens": "500",
    "x-ratelimit-remaining-tokens": "380",
    "x-ratelimit-reset-tokens": "1m1s",
  });
  nowMs += 40_000;
  expect(told(caller)["x-ratelimit-reset-requests"]).toBe("20.5s");
});

function tell(use: Partial<Omit<LimitUse, "subject">>): void {
  const asked = limiter.inUse();
  limiter.noteOthers(
    asked,
    asked.map(({ subject }) => ({ subject, requests: 0, tokens: 0, running: 0, ...use })),
  );
}

test("what other gateways have counted takes from the same limits, for as long as a minute lasts", () => {
  const caller = principalWith({ requestsPerMinute: 10, tokensPerMinute: 1_000, concurrency: 4 });
  const first = limiter.enter(caller);
  first.reserveTokens(100);
  expect(limiter.inUse()).toEqual([{ subject: caller.keyId, requests: 1, tokens: 100, running: 1 }]);
  tell({ requests: 7, tokens: 800, running: 2 });
  expect(limiter.status(caller).map(({ remaining }) => remaining)).toEqual([2, 100, 1]);
  expect(told(caller)["x-ratelimit-reset-requests"]).toBe("1m1s");

  const second = limiter.enter(caller);
  expect(refusal(() => limiter.enter(caller)).code).toBe("concurrency_limit_exceeded");
  expect(refusal(() => second.reserveTokens(101)).code).toBe("rate_limit_exceeded");
  second.reserveTokens(100);
  first.release();
  limiter.enter(caller).release();
  expect(refusal(() => limiter.enter(caller)).code).toBe("rate_limit_exceeded");
  second.release();

  // Calls that ran on a gateway of which nothing is heard are believed for five seconds, its counts for a minute.
  nowMs += 5_000;
  expect(limiter.status(caller).find(({ name }) => name === "concurrency")?.remaining).toBe(4);
  nowMs += 55_999;
  expect(limiter.status(caller)[0]?.remaining).toBe(0);
  nowMs += 1;
  expect(limiter.status(caller)[0]?.remaining).toBe(10);
});

test("a call that others leave no room for is told when there will be some, at their even pace", () => {
  const caller = principalWith({ requestsPerMinute: 60 });
  limiter.enter(caller).release();
  // Our only place frees up in a minute; of theirs one does each second or so.
  tell({ requests: 59 });
  expect(refusal(() => limiter.enter(caller)).retryAfterSeconds).toBe(2);
  tell({ requests: 119 });
  expect(refusal(() => limiter.enter(caller)).retryAfterSeconds).toBe(32);
  tell({});
  limiter.enter(caller);
});

test("that nothing counts any more is told once; then nothing is", () => {
  limiter.enter(principalWith({ requestsPerMinute: 3 })).release();
  limiter.enter(principalWith({}));
  const asked = limiter.inUse();
  expect(asked).toEqual([{ subject: "key_1", requests: 1, tokens: 0, running: 0 }]);
  limiter.noteOthers(asked, []);
  nowMs += 61_000;
  limiter.enter(principalWith({}, { requestsPerMinute: 3 }, { keyId: "key_2" })).release();
  const over = limiter.inUse();
  expect(over.find(({ subject }) => subject === "key_1")).toEqual({ subject: "key_1", requests: 0, tokens: 0, running: 0 });
  limiter.noteOthers(over, []);
  expect(limiter.inUse().map(({ subject }) => subject)).toEqual(["ws_1"]);
});
