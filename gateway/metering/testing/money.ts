import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import type { TokenCounts } from "#lib/money/usage.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { verifyLedger } from "#lib/services/ledger/verify.ts";
import { makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import type { AdmittedCall, CallLimits, Hold, MeteredCall, Principal, UsageEntry } from "../../ports.ts";
import type { LedgerMetering } from "../metering.ts";
import { type Money, type MoneyOptions, openMoney } from "../open-money.ts";

export const logger = createLogger("test", { level: "silent", format: "json" });
const unlimited: CallLimits = {
  ...{ requestsPerMinute: null, tokensPerMinute: null, concurrency: null, budgetDayNano: null, budgetMonthNano: null },
};

/** Calls told of by their ids, in any order and more than once. */
interface MeteringById extends LedgerMetering {
  progress(requestId: string, tokens: TokenCounts): void;
  record(entry: UsageEntry): void;
}

export interface TestMoney extends Money {
  metering: MeteringById;
  gatewayId: string;
  dir: string;
  /** Closes it and deletes its folder. */
  end(): Promise<number>;
}

/** Credit and metering of a gateway of its own, started. */
export async function startMoney(url: string, more: Partial<MoneyOptions> = {}): Promise<TestMoney> {
  const dir = more.dir ?? (await mkdtemp(join(tmpdir(), "hydra-money-")));
  const gatewayId = more.gatewayId ?? newId("gtw");
  const limits = { maxWaitingRecords: 20_000, flushMs: 5_000, lookupMs: 5_000 };
  const money = openMoney({ url, gatewayId, dir, logger, limits, ...more });
  await money.start();
  return {
    ...money,
    metering: meteringById(money.metering),
    gatewayId,
    dir,
    async end() {
      const left = await money.close();
      await rm(dir, { recursive: true, force: true });
      return left;
    },
  };
}

function meteringById(metering: LedgerMetering): MeteringById {
  const calls = new Map<string, MeteredCall>();
  const admitted: LedgerMetering["admitted"] = (call, hold) => {
    const metered = metering.admitted(call, hold);
    calls.set(call.requestId, metered);
    return metered;
  };
  return {
    admitted,
    progress: (requestId, tokens) => calls.get(requestId)?.progress(tokens),
    record: (entry) => (calls.get(entry.requestId) ?? admitted(entry, null)).record(entry),
    hasRoom: () => metering.hasRoom(),
    untilRoom: () => metering.untilRoom(),
    storageFull: () => metering.storageFull(),
    waiting: () => metering.waiting(),
    keyUsed: (keyId) => metering.keyUsed(keyId),
    close: () => metering.close(),
  };
}

export interface TestCalls {
  caller: TestCaller;
  principal: Principal;
  /** A call of one nano-unit a token, in and out. */
  admitted(requestId?: string): AdmittedCall;
  /** Its end, after that many output tokens. */
  entry(call: AdmittedCall, output: number, more?: Partial<UsageEntry>): UsageEntry;
}

/** A caller with that much credit, and calls of a public service that costs one nano-unit a token. */
export async function makeCalls(db: Db, creditNano: bigint): Promise<TestCalls> {
  const caller = await makeCaller(db, creditNano);
  const service = (await db.modelService.findFirst({ where: { name: "by-nano" } })) ?? (await makeNanoService(db));
  const price = await db.tokenPrice.findFirstOrThrow({ where: { modelId: service.modelId }, orderBy: { effectiveFrom: "desc" } });
  const principal = {
    userId: caller.userId,
    workspaceId: caller.workspaceId,
    keyId: caller.keyId,
    rules: null,
    workspaceLimits: unlimited,
  };
  return {
    caller,
    principal,
    admitted: (requestId = newId("req")) => ({
      ...{ requestId, principal, service: { id: service.id, accessName: "public/by-nano" }, modelId: service.modelId },
      ...{ route: "/v1/chat/completions", streamed: true, price: { id: price.id, rates: price }, startedAt: new Date() },
    }),
    entry: (call, output, more = {}) => ({
      ...call,
      ...{ instanceId: null, outcome: "completed", status: 200, errorCode: null, source: "engine", firstTokenMs: 1, durationMs: 2 },
      tokens: { input: 0, cached: 0, output },
      ...more,
    }),
  };
}

async function makeNanoService(db: Db) {
  const base = await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } });
  const { id: _, slug: __, ...facts } = base;
  const modelId = newId("mdl");
  await db.model.create({ data: { ...facts, id: modelId, slug: "by-nano" } });
  await db.tokenPrice.create({
    data: { id: newId("prc"), modelId, effectiveFrom: new Date(0), inputNano: 1n, cachedInputNano: 1n, outputNano: 1n },
  });
  const { id } = await makePublicService(db, { name: "by-nano", modelSlug: "by-nano", endpoints: [] });
  return { id, modelId };
}

/** Holds the amount, or null where the balance is used up. */
export async function tryHold(money: Money, calls: TestCalls, amountNano: bigint): Promise<{ call: AdmittedCall; hold: Hold } | null> {
  const call = calls.admitted();
  try {
    const hold = await money.credit.hold(call.requestId, calls.caller.workspaceId, amountNano);
    money.metering.admitted(call, hold);
    return { call, hold };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "credit_balance_exhausted") return null;
    throw error;
  }
}

export async function walletOf(db: Db, workspaceId: string): Promise<{ balanceNano: bigint; leasedNano: bigint }> {
  const select = { balanceNano: true, leasedNano: true };
  return db.ledgerAccount.findFirstOrThrow({ where: { workspaceId }, select });
}

/** Every invariant of ledger, usage and leases holds, and the ledger's chain is whole. */
export async function expectSound(db: Db): Promise<void> {
  const results = await checkInvariants({ db });
  expect(results.filter((result) => result.violations > 0 && /^[LU]/.test(result.name))).toEqual([]);
  expect(await verifyLedger({ db })).toMatchObject({ broken: null });
}
