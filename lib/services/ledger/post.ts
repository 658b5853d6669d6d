import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import type { TransactionKind } from "#prisma/generated/client.ts";

/** One of the platform's own accounts, or a workspace's wallet. */
export type LedgerParty = "revenue" | "grants" | "loss" | { wallet: string };

export interface Posting {
  kind: TransactionKind;
  /** See {@link file://./keys.ts}. */
  idempotencyKey: string;
  /** At least two, none zero, no account twice; their amounts sum to 0. */
  entries: { party: LedgerParty; amountNano: bigint }[];
  memo?: string;
  createdById?: string | null;
  at: Date;
}

/**
 * Moves money: writes one ledger transaction inside the caller's. Sent twice with one idempotency key, it moves money
 * once and returns the first transaction with `created` false; with the same key and other contents it throws
 * `idempotency_key_reused`. A wallet that would fall below zero fails the whole transaction (check
 * `ledger_accounts_no_overdraft`), so lock the wallet first where its balance decides the amount.
 */
export async function post(tx: DbLike, posting: Posting): Promise<{ transactionId: bigint; created: boolean }> {
  const entries = await resolveEntries(tx, posting);
  const { kind, idempotencyKey, memo = "", createdById = null, at } = posting;
  // Waits for another transaction with this key to end, where PostgreSQL would else report a duplicate.
  const [made] = await tx.ledgerTransaction.createManyAndReturn({
    data: [{ kind, idempotencyKey, memo, createdById, createdAt: at }],
    skipDuplicates: true,
    select: { id: true },
  });
  if (made) {
    await tx.ledgerEntry.createMany({ data: entries.map((entry) => ({ transactionId: made.id, ...entry })) });
    return { transactionId: made.id, created: true };
  }
  const known = await tx.ledgerTransaction.findUniqueOrThrow({
    where: { idempotencyKey },
    select: { id: true, kind: true, entries: { select: { accountId: true, amountNano: true } } },
  });
  const same = known.kind === kind && fingerprint(known.entries) === fingerprint(entries);
  if (!same) {
    throw new AppError("idempotency_key_reused", "This idempotency key was used for another transaction. Send a new key.", {
      param: "idempotencyKey",
    });
  }
  return { transactionId: known.id, created: false };
}

interface Entry {
  accountId: string;
  amountNano: bigint;
}

async function resolveEntries(tx: DbLike, { entries }: Posting): Promise<Entry[]> {
  const sum = entries.reduce((total, entry) => total + entry.amountNano, 0n);
  if (entries.length < 2 || sum !== 0n || entries.some((entry) => entry.amountNano === 0n)) {
    throw new RangeError(`A ledger transaction needs two or more entries, none of them zero, that sum to 0; these sum to ${sum}`);
  }
  const kinds = entries.flatMap(({ party }) => (typeof party === "string" ? [party] : []));
  const owners = entries.flatMap(({ party }) => (typeof party === "string" ? [] : [party.wallet]));
  const accounts = await tx.ledgerAccount.findMany({
    where: { OR: [{ kind: { in: kinds } }, { kind: "wallet", workspaceId: { in: owners } }] },
    select: { id: true, kind: true, workspaceId: true },
  });
  const found = entries.map(({ party, amountNano }) => {
    const account = accounts.find((row) => (typeof party === "string" ? row.kind === party : row.workspaceId === party.wallet));
    if (!account) throw new Error(`There is no ledger account ${typeof party === "string" ? party : `for workspace ${party.wallet}`}`);
    return { accountId: account.id, amountNano, place: `${account.kind === "wallet" ? 0 : 1} ${account.id}` };
  });
  if (new Set(found.map((entry) => entry.accountId)).size < found.length) throw new RangeError("A ledger account stands twice");
  // Balances are locked in this order, the same for all (`settle_usage` too), so that no two transactions wait on each other.
  found.sort((a, b) => (a.place < b.place ? -1 : 1));
  return found.map(({ accountId, amountNano }) => ({ accountId, amountNano }));
}

function fingerprint(entries: Entry[]): string {
  return entries
    .map((entry) => `${entry.accountId}=${entry.amountNano}`)
    .sort()
    .join(",");
}
