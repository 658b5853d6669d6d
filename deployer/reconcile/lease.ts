import type { Db, DbLike } from "#lib/db/client.ts";

/** A service is one deployer's for this long after its last write. */
export const leaseMs = 15_000;

/** The right to work on one service. */
export interface Lease {
  serviceId: string;
  holder: string;
  /** Grows with each lease of the service; a write that carries an older one is refused. */
  fence: bigint;
  /** The service's when it was taken. */
  generation: number;
  /** `performance.now()` up to which the lease holds for sure: counted from before the database was asked. */
  heldUntil: number;
}

/** The lease was lost, to time or to another deployer; whatever was being done is dropped. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

/** Takes the lease of a service; null while another deployer holds it. */
export async function acquireLease(db: Db, serviceId: string, holder: string): Promise<Lease | null> {
  const askedAt = performance.now();
  const rows = await db.$queryRaw<{ leaseFence: bigint; generation: number }[]>`
    UPDATE "model_services"
    SET "leaseHolder" = ${holder}, "leaseUntil" = clock_timestamp() + ${leaseMs} * interval '1 millisecond', "leaseFence" = "leaseFence" + 1
    WHERE "id" = ${serviceId} AND "deletedAt" IS NULL
      AND ("leaseUntil" IS NULL OR "leaseUntil" <= clock_timestamp() OR "leaseHolder" = ${holder})
    RETURNING "leaseFence", "generation"`;
  const row = rows[0];
  return row ? { serviceId, holder, fence: row.leaseFence, generation: row.generation, heldUntil: askedAt + leaseMs } : null;
}

/**
 * Writes under the lease, in one transaction that renews it first: the renewal locks the service's row, so that nobody can
 * take the lease over before the write is done. Throws {@link LeaseLostError}, and nothing is written, where the fence is
 * stale or the lease has run out.
 */
export async function writeUnderLease<T>(db: Db, lease: Lease, write: (tx: DbLike) => Promise<T>): Promise<T> {
  const askedAt = performance.now();
  const result = await db.$transaction(
    async (tx) => {
      const renewed = await tx.$executeRaw`
        UPDATE "model_services" SET "leaseUntil" = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
        WHERE "id" = ${lease.serviceId} AND "leaseHolder" = ${lease.holder} AND "leaseFence" = ${lease.fence}
          AND "leaseUntil" > clock_timestamp()`;
      if (renewed === 0) throw new LeaseLostError(`lease ${lease.fence} of ${lease.serviceId} was lost`);
      return write(tx);
    },
    { timeout: leaseMs, maxWait: 5_000 },
  );
  lease.heldUntil = askedAt + leaseMs;
  return result;
}

/** Call right before touching processes, which know no fence. Throws {@link LeaseLostError}. */
export function assertHeld(lease: Lease): void {
  if (performance.now() >= lease.heldUntil) throw new LeaseLostError(`lease ${lease.fence} of ${lease.serviceId} has run out`);
}

/** Gives the lease back, so that nobody has to wait for its end. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE "model_services" SET "leaseHolder" = NULL, "leaseUntil" = NULL
    WHERE "id" = ${lease.serviceId} AND "leaseHolder" = ${lease.holder} AND "leaseFence" = ${lease.fence}`;
}
