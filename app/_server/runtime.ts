import "server-only";
import { parseChildConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { createMailer } from "#lib/mail/mailer.ts";
import { createLogger } from "#lib/observability/logger.ts";

function create() {
  const config = parseChildConfig(process.env);
  // next-auth builds the addresses that it gives to providers from this; requests may name any host.
  process.env.AUTH_URL = config.consoleUrl;
  return {
    config,
    db: openDatabase(config.databaseUrl, { poolSize: 10 }),
    log: createLogger("console", { level: config.logLevel, format: config.logFormat }),
    /** Null: this installation sends no mail. */
    mailer: config.mail && createMailer(config.mail),
  };
}

type Runtime = ReturnType<typeof create>;
const holder = globalThis as typeof globalThis & { hydraRuntime?: Runtime };

/** What the console's process has one of. Made at the first request, not at build time; kept across hot reloads. */
export function runtime(): Runtime {
  holder.hydraRuntime ??= create();
  return holder.hydraRuntime;
}
