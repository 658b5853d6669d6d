import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import type { UsageRecord } from "#prisma/generated/client.ts";
import { makeCaller, type TestCaller } from "#test/gateway-factory.ts";
import { type WallScriptInput, wallPrompt } from "#test/wall/script.ts";
import type { WallCall } from "#test/wall/wall.ts";
import { expectSound, walletOf } from "./metering/testing/money.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const requests = 10_000;
const atOnce = 100;
const creditNano = 10n ** 12n;
let harness: Harness;
let caller: TestCaller;

beforeAll(async () => {
  harness = await startHarness({ firstByteMs: 4_000, idleMs: 4_000, heartbeatMs: 200, connectMs: 4_000 });
  caller = await makeCaller(harness.database.db, creditNano);
});
afterAll(() => harness.close());

/** What is asked of the wall, and what the call must come to where its client stays. */
interface Kind {
  weight: number;
  script(tokens: number, after: number): WallScriptInput;
  outcome: UsageRecord["outcome"];
  /** Tokens of the row, of so many that were asked for and so many before the fault. */
  output(tokens: number, after: number): number;
}

const kinds: Record<string, Kind> = {
  whole: { weight: 50, script: (tokens) => ({ tokens }), outcome: "completed", output: (tokens) => tokens },
  uncounted: { weight: 6, script: (tokens) => ({ tokens, usage: false }), outcome: "completed", output: (tokens) => tokens },
  unfinished: { weight: 3, script: (tokens) => ({ tokens, fault: "no_done" }), outcome: "completed", output: (tokens) => tokens },
  killed: broken(8, "reset"),
  ended: broken(8, "end"),
  malformed: broken(8, "malformed"),
  reported: broken(6, "error_event"),
  stalled: { ...broken(2, "stall"), outcome: "timeout" },
  hanging: { weight: 1, script: () => ({ fault: "hang" }), outcome: "timeout", output: () => 0 },
  html: { weight: 4, script: () => ({ fault: "html" }), outcome: "upstream_error", output: () => 0 },
  failing: { weight: 4, script: () => ({ fault: "status", status: 500 }), outcome: "upstream_error", output: () => 0 },
};

function broken(weight: number, fault: "reset" | "end" | "malformed" | "error_event" | "stall"): Kind {
  return { weight, script: (tokens, after) => ({ tokens, fault, after }), outcome: "upstream_error", output: (_, after) => after };
}

interface Asked {
  requestId: string | null;
  kind: string;
  tokens: number;
  after: number;
  left: boolean;
  /** Tokens that the client has seen, of a stream. */
  seen: number;
}

/** Each kind as often as it weighs. */
const lots = Object.entries(kinds).flatMap(([kind, { weight }]) => Array.from({ length: weight }, () => kind));
const random = seededRandom(20_261_120);
const below = (bound: number) => Math.floor(random() * bound);

function draw(): { kind: string; tokens: number; after: number; stream: boolean; leaveMs: number | null } {
  const kind = lots[below(lots.length)] as string;
  const tokens = 2 + below(30);
  return { kind, tokens, after: 1 + below(tokens - 1), stream: random() < 0.6, leaveMs: random() < 0.12 ? below(40) : null };
}

async function ask(): Promise<Asked> {
  const { kind, tokens, after, stream, leaveMs } = draw();
  const asked: Asked = { requestId: null, kind, tokens, after, left: leaveMs !== null, seen: 0 };
  const leaving = new AbortController();
  if (leaveMs !== null) setTimeout(() => leaving.abort(), leaveMs);
  const script = { ...kinds[kind]?.script(tokens, after), ...(asked.left ? { delayMs: 2 } : {}) };
  let text = "";
  try {
    const response = await fetch(`${harness.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
      body: JSON.stringify({ model: harness.model, stream, max_tokens: 64, messages: [{ role: "user", content: wallPrompt(script) }] }),
      signal: leaving.signal,
    });
    asked.requestId = response.headers.get("x-request-id");
    for await (const piece of response.body as ReadableStream<Uint8Array>) text += Buffer.from(piece).toString();
  } catch (error) {
    if (!asked.left) throw error;
  }
  if (stream) asked.seen = text.match(/"content":"t\d+ "/g)?.length ?? 0;
  return asked;
}

test(`${requests} requests of every fault, some of whose clients leave: each row is what its instance sent, and is charged once`, async () => {
  const asked: Asked[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (asked.length + atOnce <= requests) asked.push(await ask());
    }),
  );
  while (asked.length < requests) asked.push(await ask());
  await expect.poll(() => harness.gateway.metering.waiting(), { timeout: 30_000 }).toBe(0);

  const rows = new Map((await rowsOf(caller)).map((row) => [row.requestId, row]));
  const lastAttempt = new Map(harness.wall.calls.map((call) => [call.requestId, call]));
  const stayed = asked.filter(({ left }) => !left);
  expect(stayed.length).toBeGreaterThan(requests * 0.8);
  for (const one of stayed) expectExact(one, rows.get(one.requestId ?? ""), lastAttempt.get(one.requestId ?? ""));
  // A client that left may not have heard its id: the bounds hold for every row of a call that was cut.
  for (const row of rows.values()) if (row.outcome === "client_gone") expectBounded(row, lastAttempt.get(row.requestId));
  for (const { requestId, left, seen } of asked)
    if (left && requestId) expect(seen).toBeLessThanOrEqual(rows.get(requestId)?.outputTokens ?? -1);
  expect(rows.size).toBeLessThanOrEqual(requests);
  for (const id of lastAttempt.keys()) expect(rows.has(id)).toBe(true);

  const charged = [...rows.values()].reduce((sum, { chargeNano }) => sum + chargeNano, 0n);
  expect((await walletOf(harness.database.db, caller.workspaceId)).balanceNano).toBe(creditNano - charged);
  await expectSound(harness.database.db);
}, 240_000);

function rowsOf({ workspaceId }: TestCaller): Promise<UsageRecord[]> {
  return harness.database.db.usageRecord.findMany({ where: { workspaceId } });
}

/** A call that was not cut by its client: outcome, tokens and charge to the unit. */
function expectExact({ kind, tokens, after }: Asked, row: UsageRecord | undefined, call: WallCall | undefined): void {
  const { outcome, output } = kinds[kind] as Kind;
  expect(row, kind).toMatchObject({ outcome, outputTokens: output(tokens, after) });
  if (!row || !call) throw new Error(`nothing is known of a call of kind ${kind}`);
  if (output(tokens, after) === 0) {
    expect(row.chargeNano).toBe(0n);
    return;
  }
  expect(call.emitted).toBe(row.outputTokens);
  expect(row.source).toBe(kind === "uncounted" ? "counted" : row.source);
  expect(row.chargeNano).toBe(BigInt(row.inputTokens) * 100n + BigInt(row.outputTokens) * 200n);
}

function expectBounded(row: UsageRecord, call: WallCall | undefined): void {
  expect(row.outputTokens).toBeLessThanOrEqual(call?.emitted ?? 0);
  expect(row.chargeNano).toBe(BigInt(row.inputTokens) * 100n + BigInt(row.outputTokens) * 200n);
}
