/** A transaction as its link in the ledger's chain covers it. */
export interface LinkedTransaction {
  id: bigint;
  kind: string;
  idempotencyKey: string;
  memo: string;
  createdById: string | null;
  /** Milliseconds since 1970. */
  createdMs: bigint;
  usageDigest: Uint8Array | null;
  /** By id. */
  entries: { id: bigint; accountId: string; amountNano: bigint }[];
}

/** What a link's hash is taken over; the database's `ledger_link_text` writes the same text when it seals a transaction. */
export function linkText(sequence: bigint, prevHash: Uint8Array, transaction: LinkedTransaction): string {
  const { id, kind, idempotencyKey, memo, createdById, createdMs, usageDigest, entries } = transaction;
  return [
    "v1",
    sequence,
    hex(prevHash),
    id,
    kind,
    withLength(idempotencyKey),
    withLength(memo),
    createdById ?? "-",
    createdMs,
    usageDigest ? hex(usageDigest) : "-",
    ...entries.map((entry) => `${entry.id} ${entry.accountId} ${entry.amountNano}`),
  ].join("\n");
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Free text could hold line breaks; with its length before it no two transactions have one text. */
function withLength(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
