import type { Db } from "#lib/db/client.ts";

export interface WorkspaceBilled {
  /** Instances that are being billed. */
  open: number;
  /** What the next minute of them needs and is not there; 0 where it is set apart. */
  missingNano: bigint;
}

/** The wallet stays locked for a batch, and so does the platform's revenue. */
const batch = 100;

/**
 * Charges what has passed of a workspace's instances and sets their next minute apart. May be called by several at once and
 * at any time: each second is charged once.
 */
export async function billWorkspace(db: Db, workspaceId: string): Promise<WorkspaceBilled> {
  for (;;) {
    const [row] = await db.$queryRaw<{ charged: number; open: number; missing: bigint }[]>`
      SELECT * FROM bill_instances(${workspaceId}, ${batch}::int)`;
    if (!row) throw new Error("bill_instances gave no row");
    if (row.charged < batch) return { open: row.open, missingNano: row.missing };
  }
}
