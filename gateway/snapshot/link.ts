import pg from "pg";
import { type LoggedChanges, logTopics, pruneChanges, readChanges, type Versions } from "#lib/db/change-log.ts";
import type { Link } from "./follower.ts";

export interface DatabaseLinkOptions {
  /** A connection that is no transaction pooler's: LISTEN needs a session. */
  url: string;
  /** Of this gateway, over its restarts. */
  id: string;
  /** Of this process. */
  incarnation: string;
  /** Where it listens, for operators to read. */
  address: () => string;
  leaseMs: number;
  /** A statement that has not answered by then has failed. */
  queryMs: number;
  /** Something has changed. */
  onNotify: () => void;
}

/** One session with the database, opened when it is needed and thrown away when anything on it fails. */
export class DatabaseLink implements Link {
  readonly #options: DatabaseLinkOptions;
  #client: pg.Client | null = null;

  constructor(options: DatabaseLinkOptions) {
    this.#options = options;
  }

  /** The open session; throws where there is none. */
  readonly client = (): pg.Client => {
    if (!this.#client) throw new Error("no session with the database");
    return this.#client;
  };

  /** Opens the session where there is none. */
  async open(): Promise<void> {
    if (this.#client) return;
    const { url, queryMs, onNotify } = this.#options;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: queryMs, keepAlive: true });
    // Also of a session that has been thrown away: without a listener its late failure would end the process.
    client.on("error", () => {
      if (this.#client === client) this.#client = null;
    });
    client.on("notification", ({ payload }) => {
      if (logTopics.some((topic) => topic === payload)) onNotify();
    });
    try {
      await client.connect();
      await client.query("LISTEN hydra_changes");
    } catch (error) {
      discard(client);
      throw error;
    }
    this.#client = client;
  }

  /** Throws the session away; what is under way on it fails. */
  drop(): void {
    if (this.#client) discard(this.#client);
    this.#client = null;
  }

  async register(takeOver: boolean): Promise<boolean> {
    const { id, incarnation, address, leaseMs } = this.#options;
    const { rowCount } = await this.client().query(
      `INSERT INTO "gateways" AS g ("id", "incarnation", "address", "startedAt", "leaseUntil")
        VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4 * interval '1 millisecond')
        ON CONFLICT ("id") DO UPDATE SET "incarnation" = excluded."incarnation", "address" = excluded."address",
          "startedAt" = excluded."startedAt", "leaseUntil" = excluded."leaseUntil", "ackedCatalog" = 0, "ackedKeys" = 0, "ackedLimits" = 0
        WHERE $5 OR g."incarnation" = excluded."incarnation"`,
      [id, incarnation, address(), leaseMs, takeOver],
    );
    return rowCount === 1;
  }

  async renew(applied: Versions): Promise<boolean> {
    const { id, incarnation, address, leaseMs } = this.#options;
    const { rowCount } = await this.client().query({
      name: "renew-lease",
      text: `UPDATE "gateways" SET "leaseUntil" = clock_timestamp() + $3 * interval '1 millisecond',
          "ackedCatalog" = $4, "ackedKeys" = $5, "ackedLimits" = $6, "address" = $7 WHERE "id" = $1 AND "incarnation" = $2`,
      values: [id, incarnation, leaseMs, applied.catalog, applied.keys, applied.limits, address()],
    });
    return rowCount === 1;
  }

  readChanges(since: Versions | null): Promise<LoggedChanges> {
    return readChanges(this.client(), since);
  }

  /** Forgets old changes, gateways that have been gone for a day, and what was counted against limits long ago. */
  async prune(): Promise<void> {
    await pruneChanges(this.client());
    await this.client().query(`DELETE FROM "gateways" WHERE "leaseUntil" < now() - interval '1 day'`);
    await this.client().query(`DELETE FROM "limit_use" WHERE "updatedAt" < now() - interval '5 minutes'`);
  }

  /** Takes the row out: nobody needs to wait for this gateway any more. It must admit nothing from here on. */
  async leave(): Promise<void> {
    const { id, incarnation } = this.#options;
    await this.client().query(`DELETE FROM "gateways" WHERE "id" = $1 AND "incarnation" = $2`, [id, incarnation]);
  }
}

/** Ends a session whether or not the other side still answers. */
function discard(client: pg.Client): void {
  void client.end().catch(() => {});
  client.connection.stream.destroy();
}
