import { createHash } from "node:crypto";
import type { Db, DbLike } from "#lib/db/client.ts";
import { hex, type LinkedTransaction, linkText } from "./link-text.ts";

export interface LedgerHead {
  sequence: bigint;
  /** 64 hex digits. */
  hash: string;
}

export interface LedgerVerdict {
  /** Links that were found whole. */
  verified: bigint;
  head: LedgerHead;
  /** The first thing that does not fit, in words; null: the whole ledger is as it was written. */
  broken: string | null;
}

/** The hash before the first link. */
const genesis = createHash("sha256").update("hydra ledger").digest();
const pageSize = 1_000;

interface Link extends LinkedTransaction {
  sequence: bigint;
  transactionId: bigint;
  /** False where the link's transaction is gone. */
  known: boolean;
  prevHash: Uint8Array;
  hash: Uint8Array;
  chargesDigest: Uint8Array;
}

/**
 * Recomputes the whole chain, link by link, on one snapshot: each transaction, its entries, the digest of the usage that it
 * charges, the order, the end. `expected` is a head that was noted earlier and kept elsewhere: it must be on the chain.
 */
export function verifyLedger({ db, expected = null }: { db: Db; expected?: LedgerHead | null }): Promise<LedgerVerdict> {
  const options = { isolationLevel: "RepeatableRead", timeout: 3_600_000, maxWait: 10_000 } as const;
  return db.$transaction((tx) => verifySnapshot(tx, expected), options);
}

/** The same on the caller's own snapshot. */
export async function verifySnapshot(tx: DbLike, expected: LedgerHead | null = null): Promise<LedgerVerdict> {
  const [row] = await tx.$queryRaw<{ sequence: bigint; hash: Uint8Array }[]>`SELECT "sequence", "hash" FROM "ledger_head"`;
  const head = { sequence: row?.sequence ?? 0n, hash: row ? hex(row.hash) : "" };
  let last: LedgerHead = { sequence: 0n, hash: hex(genesis) };
  const verdict = (broken: string | null): LedgerVerdict => ({ verified: last.sequence, head, broken });
  let missed = expected !== null && !same(expected, last);
  for (;;) {
    const links = await readLinks(tx, last.sequence);
    for (const link of links) {
      const fault = faultOf(link, last);
      if (fault) return verdict(fault);
      last = { sequence: link.sequence, hash: hex(link.hash) };
      if (expected && same(expected, last)) missed = false;
    }
    if (links.length < pageSize) break;
  }
  if (!row) return verdict("the head of the chain is missing");
  if (!same(head, last))
    return verdict(`the chain ends at link ${last.sequence} and its head says ${head.sequence}: links were cut off or changed`);
  const [loose] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT t."id" FROM "ledger_transactions" t WHERE NOT EXISTS (SELECT FROM "ledger_links" l WHERE l."transactionId" = t."id") ORDER BY 1 LIMIT 1`;
  if (loose) return verdict(`transaction ${loose.id} is not on the chain`);
  const [stray] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT e."id" FROM "ledger_entries" e WHERE NOT EXISTS (SELECT FROM "ledger_transactions" t WHERE t."id" = e."transactionId") ORDER BY 1 LIMIT 1`;
  if (stray) return verdict(`entry ${stray.id} belongs to no transaction`);
  if (missed && expected) return verdict(`link ${expected.sequence} with hash ${expected.hash} is not on the chain`);
  return verdict(null);
}

function faultOf(link: Link, last: LedgerHead): string | null {
  const { sequence, transactionId, prevHash, hash, usageDigest, chargesDigest } = link;
  if (sequence !== last.sequence + 1n) return `link ${last.sequence + 1n} is missing`;
  if (hex(prevHash) !== last.hash) return `link ${sequence} does not follow the one before it`;
  if (!link.known) return `link ${sequence}: transaction ${transactionId} is missing`;
  const computed = createHash("sha256")
    .update(linkText(sequence, prevHash, link))
    .digest("hex");
  if (computed !== hex(hash)) return `link ${sequence}: transaction ${transactionId} or its entries were changed`;
  if (usageDigest && hex(usageDigest) !== hex(chargesDigest)) {
    return `link ${sequence}: the usage records that transaction ${transactionId} charges were changed`;
  }
  return null;
}

function same(one: LedgerHead, other: LedgerHead): boolean {
  return one.sequence === other.sequence && one.hash === other.hash;
}

function readLinks(tx: DbLike, after: bigint): Promise<Link[]> {
  return tx.$queryRaw<(Omit<Link, "entries"> & { entries: { id: string; accountId: string; amountNano: string }[] | null })[]>`
    SELECT l."sequence", l."transactionId", t."id" IS NOT NULL AS "known", l."prevHash", l."hash", coalesce(t."id", 0) AS "id",
      coalesce(t."kind"::text, '') AS "kind", coalesce(t."idempotencyKey", '') AS "idempotencyKey", coalesce(t."memo", '') AS "memo",
      t."createdById", (extract(epoch FROM t."createdAt") * 1000)::bigint AS "createdMs", t."usageDigest",
      (SELECT json_agg(json_build_object('id', e."id"::text, 'accountId', e."accountId", 'amountNano', e."amountNano"::text) ORDER BY e."id")
        FROM "ledger_entries" e WHERE e."transactionId" = l."transactionId") AS "entries",
      (SELECT sha256(convert_to(coalesce(string_agg(
          concat_ws(' ', u."requestId", u."workspaceId", u."costNano", u."chargeNano"), E'\n' ORDER BY u."requestId" COLLATE "C"), ''), 'UTF8'))
        FROM "usage_records" u WHERE u."ledgerTransactionId" = l."transactionId") AS "chargesDigest"
    FROM "ledger_links" l LEFT JOIN "ledger_transactions" t ON t."id" = l."transactionId"
    WHERE l."sequence" > ${after} ORDER BY l."sequence" LIMIT ${pageSize}`.then((rows) =>
    rows.map(({ entries, ...link }) => ({
      ...link,
      entries: (entries ?? []).map(({ id, accountId, amountNano }) => ({ id: BigInt(id), accountId, amountNano: BigInt(amountNano) })),
    })),
  );
}
