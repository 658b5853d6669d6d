import type { Logger } from "#lib/observability/logger.ts";
import { createGateway, type Gateway, type GatewaySettings } from "./gateway.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { moneyGauges } from "./metering/gauges.ts";
import type { WriteBytes } from "./metering/journal.ts";
import { type Money, openMoney } from "./metering/open-money.ts";
import { readReceipts } from "./metering/receipts.ts";
import { shareLimits } from "./metering/shared-limits.ts";
import { readSpend } from "./metering/spend.ts";
import type { GaugeSource } from "./observability/metrics.ts";
import { takeLeftSeats, takeSeat } from "./snapshot/seat.ts";
import { openSnapshot, type Snapshot } from "./snapshot/snapshot.ts";
import { openStore } from "./snapshot/store.ts";

export interface OpenOptions {
  databaseUrl: string;
  /** The same database without a transaction pooler, for LISTEN; default: `databaseUrl`. */
  databaseDirectUrl?: string;
  /** Where gateways keep their folders. */
  dataDir: string;
  secret: string;
  settings: GatewaySettings;
  logger: Logger;
  limits?: Partial<Limits>;
  /** How long keys are believed without the database; default and most: 45 s. */
  leaseMs?: number;
  /** How bytes get into the journal's file; default: Node's `write`. */
  writeJournal?: WriteBytes;
  /** No deployer is on this machine: instances on another one's loopback cannot be reached. */
  remote?: boolean;
  /** This gateway cannot go on: another process has taken its place. */
  onReplaced?: () => void;
}

export interface OpenGateway {
  /** Waits until keys are loaded and the last run's usage is settled, for two seconds at most, then listens; resolves to the port. */
  listen: Gateway["listen"];
  listenObservability: Gateway["listenObservability"];
  metering: Pick<Money["metering"], "waiting">;
  /** Of this gateway among all of the installation's. */
  id: string;
  /** Its own folder. */
  dir: string;
  /** Ends in order: calls, then usage, then the database. Resolves to the number of calls whose usage is in the journal alone. */
  close(): Promise<number>;
}

const poolSize = 10;
const firstStepsMs = 2_000;
/** By then every gateway that was started together with this one has its folder. */
const leftSeatsMs = 5_000;

/** A gateway on a database: the wiring that the process and the tests share. */
export function openGateway(options: OpenOptions): OpenGateway {
  const {
    databaseUrl,
    databaseDirectUrl = databaseUrl,
    dataDir,
    secret,
    settings,
    logger,
    leaseMs,
    remote,
    onReplaced,
    writeJournal,
  } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const seat = takeSeat(dataDir);
  let address = "";
  const from = { databaseUrl: databaseDirectUrl, id: seat.id, secret };
  const snapshot = openSnapshot({ ...from, address: () => address, logger, leaseMs, remote, onReplaced });
  const store = openStore(databaseUrl, { poolSize, lookupMs: limits.lookupMs });
  const money = openMoney({
    url: databaseDirectUrl,
    gatewayId: seat.id,
    dir: seat.dir,
    logger,
    limits,
    leftBehind: { take: () => takeLeftSeats(dataDir), afterMs: leftSeatsMs },
    ...(writeJournal ? { write: writeJournal } : {}),
  });
  const gateway = createGateway({
    principals: snapshot.principals,
    catalog: snapshot.catalog,
    credit: money.credit,
    metering: money.metering,
    spend: readSpend(store),
    sharedLimits: shareLimits(store, seat.id),
    receipts: readReceipts(store),
    settings,
    gauges: [...moneyGauges(money.credit, money.metering), snapshotGauge(snapshot)],
    checkServing: async () => snapshot.mustHold(),
    secret,
    logger,
    limits,
  });
  return {
    id: seat.id,
    dir: seat.dir,
    metering: money.metering,
    async listen(port, host, shared) {
      await within(firstStepsMs, Promise.all([snapshot.loaded, money.start()]));
      const given = await gateway.listen(port, host, shared);
      address = `${host}:${given}`;
      return given;
    },
    listenObservability: gateway.listenObservability,
    async close() {
      await gateway.drain();
      await snapshot.close();
      const lost = await money.close();
      await store.close();
      seat.leave();
      return lost;
    },
  };
}

function snapshotGauge(snapshot: Pick<Snapshot, "holds">): GaugeSource {
  return {
    name: "hydra_snapshot_lease",
    help: "0 while keys and services may not be believed and no call is admitted",
    read: () => Number(snapshot.holds()),
  };
}

/** Waits for a promise, no longer than that. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
