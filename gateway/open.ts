import type { Logger } from "#lib/observability/logger.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { createRecorder, type Recorder } from "./metering/recorder.ts";
import { readBalances } from "./snapshot/balances.ts";
import { readCatalog } from "./snapshot/catalog.ts";
import { readPrincipals } from "./snapshot/principals.ts";
import { openStore } from "./snapshot/store.ts";

export interface OpenOptions {
  databaseUrl: string;
  secret: string;
  logger: Logger;
  limits?: Partial<Limits>;
}

export interface OpenGateway {
  listen: Gateway["listen"];
  metering: Pick<Recorder, "waiting">;
  /** Ends in order: calls, then usage, then the database. Resolves to the number of usage records that were not written. */
  close(): Promise<number>;
}

const poolSize = 10;

/** A gateway on a database: the wiring that the process and the tests share. */
export function openGateway({ databaseUrl, secret, logger, limits: given = {} }: OpenOptions): OpenGateway {
  const limits: Limits = { ...defaultLimits, ...given };
  const store = openStore(databaseUrl, { poolSize, lookupMs: limits.lookupMs });
  const recorder = createRecorder(store.db, logger, limits);
  const gateway = createGateway({
    principals: readPrincipals(store),
    catalog: readCatalog(store),
    balances: readBalances(store),
    metering: recorder,
    checkServing: async () => {
      await store.ask((db) => db.$queryRaw`SELECT 1`);
    },
    secret,
    logger,
    limits,
  });
  return {
    listen: gateway.listen,
    metering: recorder,
    async close() {
      await gateway.drain();
      const lost = await recorder.close();
      await store.close();
      return lost;
    },
  };
}
