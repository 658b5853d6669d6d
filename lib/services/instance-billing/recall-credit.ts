import type { Db } from "#lib/db/client.ts";

const recallMs = 2_000;

/** Asks gateways to give back what they hold idle of a workspace's credit, which they do within a second; false where they hold none. */
export async function recallCredit(db: Db, workspaceId: string): Promise<boolean> {
  const held = await db.creditLease.count({ where: { workspaceId, gatewayId: { not: "instances" }, amountNano: { gt: 0n } } });
  if (held === 0) return false;
  await db.$queryRaw`SELECT recall_credit(${workspaceId}, ${recallMs}::bigint)`;
  return true;
}
