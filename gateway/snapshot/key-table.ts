import type { CallLimits, KeyRules, Principal } from "../ports.ts";
import type { Table } from "./table.ts";

export interface KeyRow extends CallLimitsRow {
  id: string;
  hash: Uint8Array;
  workspaceId: string;
  userId: string;
  expiresAt: Date | null;
  allowedModels: string[] | null;
  allowedAddresses: string[] | null;
}

/** As the driver reads the columns: big integers are text. */
export interface CallLimitsRow {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  concurrency: number | null;
  budgetDayNano: string | null;
  budgetMonthNano: string | null;
}

export const noLimits: Readonly<CallLimits> = Object.freeze({
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  budgetDayNano: null,
  budgetMonthNano: null,
});

/** One for all the keys that have none of their own: most of them. */
const noRules: Readonly<KeyRules> = Object.freeze({ limits: noLimits, allowedModels: null, allowedAddresses: null, expiresAt: null });

interface KeyRecord {
  hash: string;
  principal: Principal & { keyId: string };
  stamp: number;
}

/** Keys that are not revoked, by id and by hash. */
export class KeyTable implements Table<KeyRow> {
  readonly #byId = new Map<string, KeyRecord>();
  readonly #byHash = new Map<string, KeyRecord>();
  readonly #limitsOf: (workspaceId: string) => CallLimits;
  readonly #sameUserId: (userId: string) => string;

  /** @param sameUserId the one text that is kept of a user's id, so that a user's keys don't each hold a copy */
  constructor(limitsOf: (workspaceId: string) => CallLimits, sameUserId: (userId: string) => string) {
    this.#limitsOf = limitsOf;
    this.#sameUserId = sameUserId;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** `hash` is in hex. */
  byHash(hash: string): Principal | null {
    return this.#byHash.get(hash)?.principal ?? null;
  }

  byId(id: string): Principal | null {
    return this.#byId.get(id)?.principal ?? null;
  }

  /** A call that runs keeps its principal: rules that change are seen through it at once. */
  put(row: KeyRow, stamp: number): void {
    const known = this.#byId.get(row.id);
    const hash = hexOf(row.hash);
    if (known && known.hash === hash && known.principal.userId === row.userId && known.principal.workspaceId === row.workspaceId) {
      known.principal.rules = rulesOf(row);
      known.stamp = stamp;
      return;
    }
    this.remove(row.id);
    const { id: keyId, workspaceId } = row;
    const userId = this.#sameUserId(row.userId);
    const principal = { userId, workspaceId, keyId, rules: rulesOf(row), workspaceLimits: this.#limitsOf(workspaceId) };
    const record: KeyRecord = { hash, principal, stamp };
    this.#byId.set(keyId, record);
    this.#byHash.set(hash, record);
  }

  remove(id: string): void {
    const known = this.#byId.get(id);
    if (!known) return;
    this.#byId.delete(id);
    this.#byHash.delete(known.hash);
  }

  sweep(stamp: number): void {
    for (const [id, record] of this.#byId) if (record.stamp < stamp) this.remove(id);
  }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("hex");
}

function rulesOf(row: KeyRow): KeyRules {
  const { allowedModels, allowedAddresses, expiresAt } = row;
  const limits = limitsOf(row);
  if (limits === noLimits && !allowedModels && !allowedAddresses && !expiresAt) return noRules;
  return { limits, allowedModels, allowedAddresses, expiresAt };
}

/** The limits of a row; `noLimits` itself where it sets none. */
export function limitsOf({ budgetDayNano, budgetMonthNano, requestsPerMinute, tokensPerMinute, concurrency }: CallLimitsRow): CallLimits {
  const limits = {
    requestsPerMinute,
    tokensPerMinute,
    concurrency,
    budgetDayNano: budgetDayNano === null ? null : BigInt(budgetDayNano),
    budgetMonthNano: budgetMonthNano === null ? null : BigInt(budgetMonthNano),
  };
  return Object.values(limits).every((value) => value === null) ? noLimits : limits;
}
