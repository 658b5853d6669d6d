import { setTimeout as sleep } from "node:timers/promises";
import type { TokenCounts } from "#lib/money/usage.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { Limits } from "../limits.ts";
import type { AdmittedCall, Hold, MeteredCall, Metering, UsageEntry } from "../ports.ts";
import type { LeasedCredit } from "./credit.ts";
import { Journal, type Traces, type WriteBytes } from "./journal.ts";
import { createKeyUse } from "./key-use.ts";
import type { MoneyPool } from "./pool.ts";
import { isRefusedData, isShortLease, settle } from "./settle.ts";
import { admittedLine, amountsOf, soundTokens, type UsageLine, usageRow } from "./usage-row.ts";
import { type UsageText, usageText } from "./usage-text.ts";
import { WaitingRoom } from "./waiting-room.ts";

const journalMs = 100;
const progressMs = 900;
const keyUseMs = 1_000;
const batchSize = 2_000;
/** Batches that come faster than they fill are held up a little: a transaction costs more than a row. */
const lingerMs = 60;
const shortestRetryMs = 100;
const longestRetryMs = 5_000;
/** What is more than the database can take in this time is refused. */
const longestWaitMs = 500;

export interface MeteringOptions {
  pool: MoneyPool;
  gatewayId: string;
  credit: LeasedCredit;
  /** Folder of the journal. */
  dir: string;
  logger: Logger;
  limits: Pick<Limits, "maxWaitingRecords" | "flushMs">;
  write?: WriteBytes;
}

export interface LedgerMetering extends Metering {
  /** Calls that ended and are not in the database yet. */
  waiting(): number;
  /** Writes what waits, for the flush time at most; resolves to the number of calls that stay in the journal alone. */
  close(): Promise<number>;
}

/** What it does with its calls. */
interface Ends {
  onMoved(call: Call): void;
  onEnded(call: Call): void;
}

/** A call from its admission until its usage is in the database. */
class Call implements MeteredCall {
  readonly admitted: AdmittedCall;
  readonly hold: Hold | null;
  readonly #ends: Ends;
  tokens: TokenCounts | null = null;
  /** Its tokens have changed since they were noted. */
  hasMoved = false;
  /** Monotonic; of the last progress in the journal. */
  notedMs = Number.NEGATIVE_INFINITY;
  traces: Traces = [];
  /** Null while it runs. */
  usage: UsageText | null = null;
  chargeNano = 0n;
  isSettled = false;

  constructor(admitted: AdmittedCall, hold: Hold | null, ends: Ends) {
    this.admitted = admitted;
    this.hold = hold;
    this.#ends = ends;
  }

  progress(tokens: TokenCounts): void {
    if (this.usage) return;
    this.tokens = tokens;
    if (this.hasMoved) return;
    this.hasMoved = true;
    this.#ends.onMoved(this);
  }

  record(entry: UsageEntry): void {
    if (this.usage) return;
    const tokens = soundTokens(entry.tokens);
    const sound = tokens === entry.tokens ? entry : { ...entry, tokens };
    const amounts = amountsOf(sound, this.hold?.amountNano ?? 0n);
    this.chargeNano = amounts.chargeNano;
    this.usage = usageText(usageRow(sound, amounts));
    this.#ends.onEnded(this);
  }
}

type EndedCall = Call & { usage: UsageText };

/** Takes what calls come to without delaying an answer: into the journal within 100 ms, into the database batch by batch. */
export function createMetering(options: MeteringOptions): LedgerMetering {
  return new Meter(options);
}

class Meter implements LedgerMetering, Ends {
  readonly #options: MeteringOptions;
  readonly #journal: Journal;
  readonly #keys: ReturnType<typeof createKeyUse>;
  readonly #timers: NodeJS.Timeout[];
  readonly #stopped = new AbortController();
  /** Ended and not settled, in the order of their ends. */
  readonly #queue: EndedCall[] = [];
  /** Not in the journal yet. A call that is settled by then leaves no line. */
  #newCalls: Call[] = [];
  #newEnds: EndedCall[] = [];
  #moved: Call[] = [];
  #working: Promise<void> | null = null;
  /** The last batch did not get through. */
  #isAway = false;
  readonly #room = new WaitingRoom(() => this.hasRoom(), longestWaitMs);

  constructor(options: MeteringOptions) {
    this.#options = options;
    const { pool, dir, logger, write } = options;
    this.#journal = new Journal(dir, { logger, ...(write ? { write } : {}) });
    this.#keys = createKeyUse(pool);
    this.#timers = [setInterval(() => this.#note(), journalMs), setInterval(() => void this.#flushKeys(), keyUseMs)];
  }

  hasRoom(): boolean {
    return this.#queue.length < this.#options.limits.maxWaitingRecords;
  }

  async untilRoom(): Promise<boolean> {
    return !this.#isAway && this.#room.wait();
  }

  storageFull(): boolean {
    return this.#journal.failing;
  }

  waiting(): number {
    return this.#queue.length;
  }

  keyUsed(keyId: string): void {
    this.#keys.note(keyId);
  }

  admitted(admitted: AdmittedCall, hold: Hold | null): MeteredCall {
    const call = new Call(admitted, hold, this);
    this.#newCalls.push(call);
    return call;
  }

  onMoved(call: Call): void {
    this.#moved.push(call);
  }

  onEnded(call: Call): void {
    if (call.hold) this.#options.credit.spend(call.hold, call.chargeNano);
    const ended = call as EndedCall;
    this.#queue.push(ended);
    this.#newEnds.push(ended);
    this.#start();
  }

  async close(): Promise<number> {
    const { limits, logger } = this.#options;
    for (const timer of this.#timers) clearInterval(timer);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, limits.flushMs);
    // A batch that is on its way then may still arrive; the next start finds its rows there and leaves them alone.
    await Promise.race([this.#idle(), late.promise]);
    clearTimeout(timer);
    this.#stopped.abort();
    this.#note();
    await this.#journal.close();
    await this.#flushKeys();
    if (this.#queue.length > 0) {
      logger.error({ calls: this.#queue.length }, "usage could not be written to the database; the next start settles it from the journal");
    }
    return this.#queue.length;
  }

  async #idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** What is new goes to the journal. Progress only where the disk has room: it is worth least. */
  #note(): void {
    const journal = this.#journal;
    for (const { admitted, usage, hold, traces } of this.#newCalls) {
      if (!usage) journal.add(JSON.stringify(admittedLine(admitted, hold)), traces);
    }
    this.#newCalls = [];
    for (const { usage, isSettled, traces } of this.#newEnds) {
      if (!isSettled) journal.add(JSON.stringify({ kind: "usage", ...usage } satisfies UsageLine), traces);
    }
    this.#newEnds = [];
    if (!journal.failing) this.#noteProgress();
    void journal.flush();
  }

  #noteProgress(): void {
    const now = performance.now();
    const atMs = Date.now();
    const early: Call[] = [];
    for (const call of this.#moved) {
      if (call.usage) continue;
      if (now - call.notedMs < progressMs) {
        early.push(call);
        continue;
      }
      call.notedMs = now;
      call.hasMoved = false;
      const { tokens, admitted, traces } = call;
      this.#journal.add(JSON.stringify({ kind: "progress", requestId: admitted.requestId, tokens, atMs }), traces);
    }
    this.#moved = early;
  }

  #start(): void {
    this.#working ??= this.#settleAll().finally(() => {
      this.#working = null;
      if (this.#queue.length > 0 && !this.#stopped.signal.aborted) this.#start();
    });
  }

  /** Settles what waits until nothing does or it is told to stop; failures are tried again. */
  async #settleAll(): Promise<void> {
    const { pool, gatewayId, logger } = this.#options;
    const { signal } = this.#stopped;
    let retryMs = shortestRetryMs;
    let size = batchSize;
    let short = false;
    await Promise.resolve();
    while (this.#queue.length > 0 && !signal.aborted) {
      const batch = this.#queue.slice(0, size);
      try {
        await settle(
          pool,
          gatewayId,
          batch.map(({ usage }) => usage),
          short && batch.length === 1,
        );
        for (const ended of batch) this.#done(ended, true);
        this.#queue.splice(0, batch.length);
        this.#isAway = false;
        this.#room.call();
        retryMs = shortestRetryMs;
        size = Math.min(batchSize, size * 2);
        short = false;
        if (this.#queue.length < batchSize / 2) await sleep(lingerMs, undefined, { signal }).catch(() => {});
      } catch (err) {
        if (batch.length === 1 && isRefusedData(err)) {
          // It would be refused for ever and hold up all others; the log line has every figure of it.
          logger.error({ err, usage: batch[0]?.usage }, "a usage record was refused by the database and put aside");
          for (const ended of this.#queue.splice(0, 1)) this.#done(ended, false);
          continue;
        }
        // Alone, a row that the database refuses shows itself and harms no other.
        short = isShortLease(err);
        if (isRefusedData(err) || short) size = 1;
        if (short && batch.length === 1) logger.warn({ err }, "a lease holds less than its charges; charging what there is");
        if (isRefusedData(err) || short) continue;
        this.#isAway = true;
        this.#room.call(true);
        logger.warn({ err, waiting: this.#queue.length, retryMs }, "usage could not be written; trying again");
        await sleep(retryMs, undefined, { signal }).catch(() => {});
        retryMs = Math.min(longestRetryMs, retryMs * 2);
      }
    }
  }

  #done(ended: EndedCall, settled: boolean): void {
    const { credit } = this.#options;
    const { workspaceId } = ended.admitted.principal;
    ended.isSettled = true;
    if (settled) credit.settled(workspaceId, ended.chargeNano);
    else credit.refunded(workspaceId, ended.chargeNano);
    this.#journal.forget(ended.traces);
  }

  async #flushKeys(): Promise<void> {
    await this.#keys
      .flush()
      .catch((err: unknown) => this.#options.logger.warn({ err }, "the time of a key's last use could not be written"));
  }
}
