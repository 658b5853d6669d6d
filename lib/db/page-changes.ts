import pg from "pg";
import { type LiveTopic, liveTopics } from "#lib/contracts/live.ts";
import { proveHearing } from "./prove-hearing.ts";

/** Something that pages show has changed; `workspaceId` null: everybody may see it. */
export interface PageChange {
  workspaceId: string | null;
  topic: LiveTopic;
}

export interface PageChangeEvents {
  /** It listens: whatever changes from here on is told. Also after each reconnect. */
  ready(): void;
  /** It does not listen any more. */
  lost(): void;
  changed(change: PageChange): void;
  /** Why it could not connect, or lost its connection. */
  failed(error: unknown): void;
}

export interface FollowTimes {
  /** Between two looks at whether the connection still stands. */
  checkMs: number;
  /** A server that has not answered by then is gone. */
  answerMs: number;
  /** Before the first new try; doubled with each further one, up to `mostRetryMs`. */
  retryMs: number;
  mostRetryMs: number;
}

const usualTimes: FollowTimes = { checkMs: 10_000, answerMs: 5_000, retryMs: 250, mostRetryMs: 10_000 };

/** Its name in the database's own list of connections. */
export const pageChangesName = "hydra-page-changes";
const channel = "hydra_pages";

/**
 * Listens for what the triggers of the migration `live_pages` tell, over one connection, until the returned function is called.
 * @param url a connection that is no transaction pooler's (LISTEN needs a session)
 */
export function followPageChanges(url: string, events: PageChangeEvents, times: FollowTimes = usualTimes): () => void {
  let session: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let ended = false;

  const fail = (client: pg.Client, error: unknown) => {
    discard(client);
    if (ended || session !== client) return;
    session = null;
    clearTimeout(timer);
    if (failures === 0) events.lost();
    events.failed(error);
    timer = setTimeout(connect, Math.min(times.retryMs * 2 ** failures, times.mostRetryMs));
    failures += 1;
  };

  function connect(): void {
    const client = newClient(pageChangesName);
    session = client;
    client.on("error", (error) => fail(client, error));
    client.on("end", () => fail(client, new Error("the database has closed the connection")));
    client.on("notification", ({ payload }) => {
      const change = readChange(payload ?? "");
      if (change && session === client) events.changed(change);
    });
    listen(client).catch((error: unknown) => fail(client, error));
  }

  function newClient(name: string): pg.Client {
    const limits = { connectionTimeoutMillis: times.answerMs, query_timeout: times.answerMs };
    return new pg.Client({ connectionString: url, keepAlive: true, application_name: name, ...limits });
  }

  async function listen(client: pg.Client): Promise<void> {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    const other = newClient(`${pageChangesName}-proof`);
    other.on("error", () => {});
    await proveHearing(client, other, channel, times.answerMs).finally(() => discard(other));
    if (session !== client) return;
    failures = 0;
    events.ready();
    // A connection whose other end is gone may look well for hours.
    const check = () => {
      client.query("SELECT 1").then(
        () => {
          if (session === client) timer = setTimeout(check, times.checkMs);
        },
        (error: unknown) => fail(client, error),
      );
    };
    timer = setTimeout(check, times.checkMs);
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    if (session) discard(session);
    session = null;
  };
}

/** A payload as the triggers write it; null for what a newer version may write. */
function readChange(payload: string): PageChange | null {
  const [viewer, name] = payload.split(" ");
  const topic = liveTopics.find((known) => known === name);
  return viewer && topic ? { workspaceId: viewer === "*" ? null : viewer, topic } : null;
}

/** Ends a session whether or not the other side still answers. */
function discard(client: pg.Client): void {
  void client.end().catch(() => {});
  client.connection.stream.destroy();
}
