import pg from "pg";
import { advisoryLocks } from "#lib/db/advisory-locks.ts";

export interface Seat {
  /** The connection that holds the seat; null while another deployer has it. */
  take(): Promise<pg.Client | null>;
  leave(): Promise<void>;
}

/** The right to bill, of which a database has one: a session's advisory lock, which ends with its connection. */
export function openSeat(url: string): Seat {
  let client: pg.Client | null = null;
  let held = false;

  function forget(): pg.Client | null {
    const last = client;
    client = null;
    held = false;
    return last;
  }

  async function leave(): Promise<void> {
    await forget()
      ?.end()
      .catch(() => {});
  }

  return {
    async take() {
      client ??= await connect(url, (lost) => {
        if (lost === client) forget();
      });
      if (held) return client;
      const { rows } = await client.query<{ held: boolean }>(`SELECT pg_try_advisory_lock(${advisoryLocks.instanceBilling}) AS "held"`);
      held = rows[0]?.held ?? false;
      return held ? client : null;
    },
    leave,
  };
}

async function connect(url: string, onLost: (lost: pg.Client) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
    application_name: "hydra-billing",
  });
  client.on("error", () => onLost(client));
  await client.connect();
  return client;
}
