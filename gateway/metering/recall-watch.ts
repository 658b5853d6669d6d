import pg from "pg";
import type { Logger } from "#lib/observability/logger.ts";

const retryMs = 1_000;

/**
 * Calls `onRecall` as soon as PostgreSQL tells that a gateway looks for credit. It only wakes: who is told nothing finds
 * recalls by asking. Returns a function that ends it.
 * @param url a connection that is no transaction pooler's (LISTEN needs a session)
 */
export function watchRecalls(url: string, logger: Logger, onRecall: () => void): () => Promise<void> {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function later(error: unknown): void {
    const broken = client;
    client = null;
    void broken?.end().catch(() => {});
    if (stopped) return;
    logger.debug({ err: error }, "recalls are only found by asking until the database is back");
    clearTimeout(timer);
    timer = setTimeout(connect, retryMs);
  }

  function connect(): void {
    const fresh = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, keepAlive: true });
    client = fresh;
    fresh.on("error", (error) => {
      if (client === fresh) later(error);
    });
    fresh.on("notification", onRecall);
    fresh
      .connect()
      .then(() => fresh.query("LISTEN hydra_recalls"))
      .then(onRecall)
      .catch((error: unknown) => {
        if (client === fresh) later(error);
      });
  }

  connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
