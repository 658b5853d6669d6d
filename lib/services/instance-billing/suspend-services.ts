import type { Db } from "#lib/db/client.ts";
import { inTransaction } from "../transaction.ts";
import { lockWallet } from "./prepaid.ts";

/**
 * Holds back all services of a workspace that are billed by instance and should run: the deployer then stops them, and their
 * configuration stays. Returns their ids; none where all are held back already.
 */
export function suspendServices(db: Db, workspaceId: string): Promise<string[]> {
  return inTransaction({ db }, async (tx) => {
    await lockWallet(tx, workspaceId);
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE "model_services" SET "suspendedAt" = clock_timestamp(), "generation" = "generation" + 1
      WHERE "workspaceId" = ${workspaceId} AND "billing" = 'instance' AND "wanted" = 'running' AND "suspendedAt" IS NULL
      RETURNING "id"`;
    const ids = rows.map((row) => row.id);
    await tx.serviceEvent.createMany({ data: ids.map((serviceId) => ({ serviceId, kind: "suspended", actor: "deployer" })) });
    return ids;
  });
}
