import type { Principal, Principals } from "../ports.ts";
import type { Tables } from "./tables.ts";

/**
 * Keys and trial tokens, from memory.
 * @param mustHold throws while the snapshot may not be believed
 * @param now the database's time in milliseconds: keys expire by its clock
 */
export function principalsOf(tables: Tables, mustHold: () => void, now: () => number): Principals {
  const isMember = (userId: string, workspaceId: string) => tables.users.get(userId)?.workspaceIds.includes(workspaceId) ?? false;
  const mayCall = ({ userId, workspaceId, rules }: Principal) =>
    isMember(userId, workspaceId) && !(rules?.expiresAt && rules.expiresAt.getTime() <= now());

  return {
    byKeyHash(hash) {
      mustHold();
      const principal = tables.keys.byHash(hash);
      return principal && mayCall(principal) ? principal : null;
    },
    byTrial({ userId, workspaceId }) {
      mustHold();
      if (!isMember(userId, workspaceId)) return null;
      return { userId, workspaceId, keyId: null, rules: null, workspaceLimits: tables.workspaces.limitsOf(workspaceId) };
    },
    stillHolds({ keyId, userId, workspaceId }) {
      mustHold();
      if (keyId === null) return isMember(userId, workspaceId);
      const known = tables.keys.byId(keyId);
      return known !== null && known.userId === userId && known.workspaceId === workspaceId && mayCall(known);
    },
  };
}
