import { setTimeout as sleep } from "node:timers/promises";
import type { TokenCounts } from "#lib/money/usage.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { DenseSet, type Placed } from "../dense-set.ts";
import type { Limits } from "../limits.ts";
import type { AdmittedCall, Hold, MeteredCall, Metering, UsageEntry } from "../ports.ts";
import type { LeasedCredit } from "./credit.ts";
import { Journal, type Traces, type WriteBytes } from "./journal.ts";
import { admittedLine, usageLineText } from "./journal-line.ts";
import { createKeyUse } from "./key-use.ts";
import type { MoneyPool } from "./pool.ts";
import { isRefusedData, isShortLease, settle } from "./settle.ts";
import { amountsOf, soundTokens, usageRow } from "./usage-row.ts";
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

/** A call that runs. What is kept of it until its usage is in the database is its end alone. */
class RunningCall implements MeteredCall, Placed {
  /** The meter's. */
  place = 0;
  readonly admitted: AdmittedCall;
  readonly hold: Hold | null;
  readonly #onEnd: (call: RunningCall, end: EndedCall) => void;
  tokens: TokenCounts | null = null;
  /** It stands in the journal. */
  isNoted = false;
  /** Its tokens have changed since they were noted. */
  hasMoved = false;
  /** Monotonic; of the last progress in the journal. */
  notedMs = Number.NEGATIVE_INFINITY;
  traces: Traces | null = null;
  #ended = false;

  constructor(admitted: AdmittedCall, hold: Hold | null, onEnd: (call: RunningCall, end: EndedCall) => void) {
    this.admitted = admitted;
    this.hold = hold;
    this.#onEnd = onEnd;
  }

  progress(tokens: TokenCounts): void {
    this.tokens = tokens;
    this.hasMoved = true;
  }

  record(entry: UsageEntry): void {
    if (this.#ended) return;
    this.#ended = true;
    const tokens = soundTokens(entry.tokens);
    const sound = tokens === entry.tokens ? entry : { ...entry, tokens };
    const amounts = amountsOf(sound, this.hold?.amountNano ?? 0n);
    const { workspaceId } = this.admitted.principal;
    const usage = usageText(usageRow(sound, amounts));
    this.#onEnd(this, { workspaceId, chargeNano: amounts.chargeNano, usage, traces: this.traces, isNoted: false });
  }
}

interface EndedCall {
  workspaceId: string;
  chargeNano: bigint;
  usage: UsageText;
  /** Null while nothing of it stands in the journal. */
  traces: Traces | null;
  /** Its end stands there. */
  isNoted: boolean;
}

/** Takes what calls come to without delaying an answer: into the journal within 100 ms, into the database batch by batch. */
export function createMetering(options: MeteringOptions): LedgerMetering {
  return new Meter(options);
}

class Meter implements LedgerMetering {
  readonly #options: MeteringOptions;
  readonly #journal: Journal;
  readonly #keys: ReturnType<typeof createKeyUse>;
  readonly #timers: NodeJS.Timeout[];
  readonly #stopped = new AbortController();
  readonly #running = new DenseSet<RunningCall>();
  /** Ended and not settled, in the order of their ends. */
  readonly #queue: EndedCall[] = [];
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
    const call = new RunningCall(admitted, hold, this.#onEnd);
    this.#running.add(call);
    return call;
  }

  readonly #onEnd = (call: RunningCall, end: EndedCall): void => {
    this.#running.remove(call);
    if (call.hold) this.#options.credit.spend(call.hold, end.chargeNano);
    this.#queue.push(end);
    this.#start();
  };

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

  /** What is new goes to the journal; a call that is settled by then leaves no line. Progress only where the disk has room: it is worth least. */
  #note(): void {
    const journal = this.#journal;
    for (const call of this.#running) if (!call.isNoted) this.#noteAdmitted(call);
    for (const end of this.#queue) if (!end.isNoted) this.#noteEnd(end);
    if (!journal.failing) this.#noteProgress();
    void journal.flush();
  }

  #noteAdmitted(call: RunningCall): void {
    call.isNoted = true;
    call.traces ??= [];
    this.#journal.add(JSON.stringify(admittedLine(call.admitted, call.hold)), call.traces);
  }

  #noteEnd(end: EndedCall): void {
    end.isNoted = true;
    end.traces ??= [];
    this.#journal.add(usageLineText(end.usage), end.traces);
  }

  #noteProgress(): void {
    const now = performance.now();
    const atMs = Date.now();
    for (const call of this.#running) {
      if (!call.hasMoved || now - call.notedMs < progressMs) continue;
      call.notedMs = now;
      call.hasMoved = false;
      call.traces ??= [];
      const { tokens, admitted, traces } = call;
      this.#journal.add(JSON.stringify({ kind: "progress", requestId: admitted.requestId, tokens, atMs }), traces);
    }
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

  #done({ workspaceId, chargeNano, traces }: EndedCall, settled: boolean): void {
    const { credit } = this.#options;
    if (settled) credit.settled(workspaceId, chargeNano);
    else credit.refunded(workspaceId, chargeNano);
    if (traces) this.#journal.forget(traces);
  }

  async #flushKeys(): Promise<void> {
    await this.#keys
      .flush()
      .catch((err: unknown) => this.#options.logger.warn({ err }, "the time of a key's last use could not be written"));
  }
}
