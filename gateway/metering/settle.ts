import type { Db, DbLike } from "#lib/db/client.ts";
import { tokenCost } from "#lib/money/usage.ts";
import { ledgerKey } from "#lib/services/ledger/keys.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { UsageEntry } from "../ports.ts";

interface Wallet {
  id: string;
  workspaceId: string;
  balanceNano: bigint;
}

interface Priced {
  entry: UsageEntry;
  costNano: bigint;
  chargeNano: bigint;
  wallet: Wallet | undefined;
}

/**
 * Writes usage records and what they cost, all or nothing: rows, ledger transactions and balances agree at any moment.
 * A record that is there already is left alone, so that a batch whose commit was in doubt can be sent again.
 * A charge is never more than the wallet holds; the row keeps what it would have cost.
 */
export async function settle(db: Db, entries: readonly UsageEntry[]): Promise<void> {
  await db.$transaction(
    async (tx) => {
      const fresh = await withoutWritten(tx, entries);
      const costs = fresh.map((entry) => ({ entry, costNano: costOf(entry) }));
      const wallets = await lockWallets(tx, [
        ...new Set(costs.filter(({ costNano }) => costNano > 0n).map(({ entry }) => entry.principal.workspaceId)),
      ]);
      const priced = charge(costs, wallets);
      await tx.usageRecord.createMany({ data: priced.map(rowOf) });
      await post(
        tx,
        priced.filter(({ chargeNano }) => chargeNano > 0n),
      );
    },
    { timeout: 30_000, maxWait: 10_000 },
  );
}

async function withoutWritten(tx: DbLike, entries: readonly UsageEntry[]): Promise<UsageEntry[]> {
  const ids = entries.map((entry) => entry.requestId);
  const written = await tx.usageRecord.findMany({ where: { requestId: { in: ids } }, select: { requestId: true } });
  const known = new Set(written.map((row) => row.requestId));
  return entries.filter((entry) => !known.has(entry.requestId));
}

/** Not committed, nothing charged; billed by instance, no price. */
function costOf({ price, tokens, source }: UsageEntry): bigint {
  return price && source !== "none" ? tokenCost(tokens, price.rates) : 0n;
}

/** Locked in one order everywhere, so that two batches wait for each other but never in a circle. */
async function lockWallets(tx: DbLike, workspaceIds: string[]): Promise<Map<string, Wallet>> {
  if (workspaceIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<Wallet[]>`
    SELECT "id", "workspaceId", "balanceNano" FROM "ledger_accounts"
    WHERE "kind" = 'wallet' AND "workspaceId" IN (${Prisma.join(workspaceIds)}) ORDER BY "id" FOR UPDATE`;
  return new Map(rows.map((row) => [row.workspaceId, row]));
}

function charge(costs: { entry: UsageEntry; costNano: bigint }[], wallets: Map<string, Wallet>): Priced[] {
  return costs.map(({ entry, costNano }) => {
    const wallet = wallets.get(entry.principal.workspaceId);
    const balance = wallet?.balanceNano ?? 0n;
    const chargeNano = costNano < balance ? costNano : balance;
    if (wallet) wallet.balanceNano -= chargeNano;
    return { entry, costNano, chargeNano: costNano > 0n ? chargeNano : 0n, wallet };
  });
}

function rowOf({ entry, costNano, chargeNano }: Priced): Prisma.UsageRecordCreateManyInput {
  const { principal, service, tokens, price, ...rest } = entry;
  return {
    requestId: rest.requestId,
    workspaceId: principal.workspaceId,
    userId: principal.userId,
    keyId: principal.keyId,
    serviceId: service.id,
    accessName: service.accessName,
    instanceId: rest.instanceId,
    modelId: rest.modelId,
    route: rest.route,
    streamed: rest.streamed,
    outcome: rest.outcome,
    status: rest.status,
    errorCode: rest.errorCode,
    source: rest.source,
    inputTokens: tokens.input,
    cachedTokens: tokens.cached,
    outputTokens: tokens.output,
    tokenPriceId: price?.id ?? null,
    costNano,
    chargeNano,
    startedAt: rest.startedAt,
    firstTokenMs: rest.firstTokenMs,
    durationMs: rest.durationMs,
  };
}

/** One ledger transaction a request: wallet − charge, revenue + charge. */
async function post(tx: DbLike, priced: Priced[]): Promise<void> {
  if (priced.length === 0) return;
  const revenue = await tx.ledgerAccount.findFirstOrThrow({ where: { kind: "revenue" }, select: { id: true } });
  const transactions = await tx.ledgerTransaction.createManyAndReturn({
    data: priced.map(({ entry }) => ({
      kind: "usage" as const,
      idempotencyKey: ledgerKey.usage(entry.requestId),
      memo: entry.service.accessName,
      createdById: entry.principal.userId,
    })),
    select: { id: true, idempotencyKey: true },
  });
  const idOf = new Map(transactions.map((row) => [row.idempotencyKey, row.id]));
  const entries = priced.map(({ entry, chargeNano, wallet }) => {
    const transactionId = idOf.get(ledgerKey.usage(entry.requestId));
    if (transactionId === undefined || !wallet) throw new Error(`no transaction or wallet for ${entry.requestId}`);
    return { transactionId, accountId: wallet.id, amountNano: -chargeNano };
  });
  await tx.ledgerEntry.createMany({ data: entries });
  // Everybody's calls meet in the revenue row; it comes last, so that it is locked for the shortest time.
  await tx.ledgerEntry.createMany({
    data: entries.map((entry) => ({ transactionId: entry.transactionId, accountId: revenue.id, amountNano: -entry.amountNano })),
  });
}
