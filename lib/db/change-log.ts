import type pg from "pg";

/** What a gateway's snapshot holds: services and what they stand on; keys and their owners; workspaces. */
export const logTopics = ["catalog", "keys", "limits"] as const;
export type LogTopic = (typeof logTopics)[number];
export type Versions = Record<LogTopic, number>;

export interface LoggedChanges {
  /** The last versions that were committed when this was read. */
  versions: Versions;
  /** Entities that have changed since, each once: a letter, a colon and an id. */
  ids: string[];
  /** Part of the log since then is gone: only a full reload tells what has changed. */
  gap: boolean;
  /** The database's clock, in milliseconds since the epoch. */
  databaseMs: number;
}

/** Beyond every version. */
const endOfLog = "9223372036854775807";

interface Row {
  topic: LogTopic;
  current: string;
  version: string | null;
  ids: string[] | null;
  databaseMs: number;
}

/**
 * What has been committed since these versions, in one statement and so as of one moment. A writer holds the counter of its
 * topic until it has committed: what cannot be seen here has a higher number than all that can. Null asks for the versions
 * alone, and gives a gap.
 */
export async function readChanges(client: pg.ClientBase, since: Versions | null): Promise<LoggedChanges> {
  const { rows } = await client.query<Row>({
    name: "read-changes",
    text: `SELECT c."topic", c."version" AS "current", l."version", l."ids", extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs"
      FROM unnest($1::text[], $2::bigint[]) s ("topic", "version")
      JOIN "change_counters" c ON c."topic" = s."topic"
      LEFT JOIN "change_log" l ON l."topic" = c."topic" AND l."version" > s."version"`,
    values: [logTopics, logTopics.map((topic) => since?.[topic] ?? endOfLog)],
  });
  const versions: Versions = { catalog: 0, keys: 0, limits: 0 };
  const missing: Versions = { catalog: 0, keys: 0, limits: 0 };
  const ids = new Set<string>();
  for (const row of rows) {
    versions[row.topic] = Number(row.current);
    missing[row.topic] ||= Number(row.current) - (since?.[row.topic] ?? 0);
  }
  for (const { topic, version, ids: changed } of rows) {
    if (version === null) continue;
    missing[topic] -= 1;
    for (const id of changed ?? []) ids.add(id);
  }
  // Below zero too: counters that went back belong to another state of the database, such as a restored one.
  const gap = since === null || logTopics.some((topic) => missing[topic] !== 0);
  return { versions, ids: [...ids], gap, databaseMs: rows[0]?.databaseMs ?? Date.now() };
}

/** Forgets what is older than an hour and 10,000 versions; a reader that is further behind reloads in full. */
export async function pruneChanges(client: pg.ClientBase): Promise<void> {
  await client.query(`DELETE FROM "change_log" l USING "change_counters" c
    WHERE c."topic" = l."topic" AND l."version" <= c."version" - 10000 AND l."at" < now() - interval '1 hour'`);
}
