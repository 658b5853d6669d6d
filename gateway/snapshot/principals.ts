import type { Principal, Principals } from "../ports.ts";
import type { Store } from "./store.ts";

/** Keys and trial tokens against the rows of this moment: a revoked key or a disabled user is refused at once. */
export function readPrincipals(store: Store): Principals {
  return {
    async byKeyHash(hash) {
      const rows = await store.ask(
        (db) => db.$queryRaw<Principal[]>`
          SELECT k."id" AS "keyId", k."userId", k."workspaceId"
          FROM "api_keys" k
          JOIN "users" u ON u."id" = k."userId" AND u."status" = 'active'
          JOIN "memberships" m ON m."workspaceId" = k."workspaceId" AND m."userId" = k."userId"
          WHERE k."hash" = ${hash} AND k."revokedAt" IS NULL AND (k."expiresAt" IS NULL OR k."expiresAt" > now())`,
      );
      return rows[0] ?? null;
    },

    async byTrial(claims) {
      const rows = await store.ask(
        (db) => db.$queryRaw<Principal[]>`
          SELECT NULL AS "keyId", m."userId", m."workspaceId"
          FROM "memberships" m
          JOIN "users" u ON u."id" = m."userId" AND u."status" = 'active'
          WHERE m."userId" = ${claims.userId} AND m."workspaceId" = ${claims.workspaceId}`,
      );
      return rows[0] ?? null;
    },
  };
}
