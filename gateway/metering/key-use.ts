import type { MoneyPool } from "./pool.ts";

const everyMs = 60_000;

/** When keys were last used, written at most once a minute for each. */
export interface KeyUse {
  /** Cheap: called for each request. */
  note(keyId: string): void;
  /** Writes what was noted since and is due; a failure is tried again at the next use of the key. */
  flush(): Promise<void>;
}

export function createKeyUse(pool: MoneyPool, now: () => number = Date.now): KeyUse {
  const writtenAt = new Map<string, number>();
  const noted = new Set<string>();

  return {
    note(keyId) {
      noted.add(keyId);
    },
    async flush() {
      if (noted.size === 0) return;
      const at = now();
      for (const [keyId, written] of writtenAt) if (at - written >= everyMs) writtenAt.delete(keyId);
      const ids = [...noted].filter((keyId) => !writtenAt.has(keyId));
      noted.clear();
      if (ids.length === 0) return;
      for (const keyId of ids) writtenAt.set(keyId, at);
      try {
        await pool.query(`UPDATE "api_keys" SET "lastUsedAt" = $2 WHERE "id" = ANY($1)`, [ids, new Date(at)]);
      } catch (error) {
        for (const keyId of ids) writtenAt.delete(keyId);
        throw error;
      }
    },
  };
}
