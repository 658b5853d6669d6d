import type { Db } from "#lib/db/client.ts";
import { inTransaction } from "../transaction.ts";
import { lockWallet, readPrepaid } from "./prepaid.ts";

/** Lets a workspace's suspended services run again once it can pay a minute of all its instances. Returns their ids. */
export async function resumeServices(db: Db, workspaceId: string): Promise<string[]> {
  const where = { workspaceId, suspendedAt: { not: null }, wanted: "running" } as const;
  if ((await db.modelService.count({ where })) === 0) return [];
  return inTransaction({ db }, async (tx) => {
    await lockWallet(tx, workspaceId);
    const { neededNano, availableNano } = await readPrepaid(tx, workspaceId);
    if (availableNano < neededNano) return [];
    const rows = await tx.modelService.updateManyAndReturn({
      where,
      data: { suspendedAt: null, generation: { increment: 1 } },
      select: { id: true },
    });
    const ids = rows.map((row) => row.id);
    await tx.serviceEvent.createMany({ data: ids.map((serviceId) => ({ serviceId, kind: "resumed", actor: "deployer" })) });
    return ids;
  });
}
