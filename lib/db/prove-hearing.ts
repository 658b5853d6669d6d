import { randomUUID } from "node:crypto";
import type pg from "pg";

/**
 * Makes sure that a session which listens to `channel` hears what another one sends there. Behind a transaction pooler LISTEN goes
 * well, and nothing is ever heard. `other` is a new connection to the same address; it is opened, but not closed.
 */
export async function proveHearing(listening: pg.Client, other: pg.Client, channel: string, limitMs: number): Promise<void> {
  const word = randomUUID();
  const { promise: heard, resolve, reject } = Promise.withResolvers<void>();
  const deaf = new Error(
    "Notifications do not arrive over DATABASE_DIRECT_URL. Set it to the server itself, without a transaction pooler.",
  );
  const timer = setTimeout(() => reject(deaf), limitMs);
  const hear = ({ payload }: pg.Notification) => {
    if (payload === word) resolve();
  };
  listening.on("notification", hear);
  try {
    await other.connect();
    await Promise.all([heard, other.query("SELECT pg_notify($1, $2)", [channel, word])]);
  } finally {
    clearTimeout(timer);
    listening.off("notification", hear);
    // Where the other session failed, nobody waits for the word any more.
    resolve();
  }
}
