import pg from "pg";

export type ChangeTopic = "services" | "instances";

const pollMs = 1_000;
const reconnectMs = 1_000;

/**
 * Calls `onChange` after any commit that bumped one of the topics, at once where PostgreSQL's notification arrives and
 * within a second where it does not: the counter rows are the truth. `onChange` is also called once at the start and
 * after each reconnect. Returns a function that ends it.
 * @param url a connection that is no transaction pooler's (LISTEN needs a session)
 * @param name the connection's, in the database's own list
 */
export function watchChanges(
  url: string,
  topics: ChangeTopic[],
  onChange: () => void,
  onError: (error: unknown) => void,
  name = "hydra-changes",
): () => Promise<void> {
  let client: pg.Client | null = null;
  let seen = "";
  let stopped = false;
  let busy = false;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true, application_name: name });
    fresh.on("error", (error) => {
      client = null;
      if (!stopped) onError(error);
    });
    fresh.on("notification", (message) => {
      if (topics.includes(message.payload as ChangeTopic)) void check();
    });
    await fresh.connect();
    await fresh.query("LISTEN hydra_changes");
    seen = "";
    return fresh;
  }

  async function check(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    clearTimeout(timer);
    let waitMs = pollMs;
    try {
      client ??= await connect();
      const rows = await client.query<{ topic: string; version: string }>(
        "SELECT topic, version FROM change_counters WHERE topic = ANY($1) ORDER BY topic",
        [topics],
      );
      const now = `v${rows.rows.map((row) => `${row.topic}=${row.version}`).join(",")}`;
      if (now !== seen) {
        seen = now;
        onChange();
      }
    } catch (error) {
      await client?.end().catch(() => {});
      client = null;
      waitMs = reconnectMs;
      if (!stopped) onError(error);
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(check, waitMs);
    }
  }

  void check();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
