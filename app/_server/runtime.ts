import "server-only";
import { parseChildConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { createLogger } from "#lib/observability/logger.ts";

function create() {
  const config = parseChildConfig(process.env);
  return {
    config,
    db: openDatabase(config.databaseUrl, { poolSize: 10 }),
    log: createLogger("console", { level: config.logLevel, format: config.logFormat }),
  };
}

type Runtime = ReturnType<typeof create>;
const holder = globalThis as typeof globalThis & { hydraRuntime?: Runtime };

/** What the console's process has one of. Made at the first request, not at build time; kept across hot reloads. */
export function runtime(): Runtime {
  holder.hydraRuntime ??= create();
  return holder.hydraRuntime;
}
