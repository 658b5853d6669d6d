import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { billWorkspace } from "#lib/services/instance-billing/bill-workspace.ts";
import { recallCredit } from "#lib/services/instance-billing/recall-credit.ts";
import { resumeServices } from "#lib/services/instance-billing/resume-services.ts";
import { suspendServices } from "#lib/services/instance-billing/suspend-services.ts";

interface Deps {
  db: Db;
  logger: Logger;
}

/** Workspaces looked at at once. */
const concurrency = 4;

/** One tick: every workspace that is billed, has something set apart, or waits for credit. One that fails holds up no other. */
export async function billAll({ db, logger }: Deps): Promise<void> {
  const rows = await db.$queryRaw<{ workspaceId: string }[]>`
    SELECT "workspaceId" FROM "instance_intervals" WHERE "endedAt" IS NULL OR "billedThrough" < "endedAt"
    UNION SELECT "workspaceId" FROM "credit_leases" WHERE "gatewayId" = 'instances' AND "amountNano" > 0
    UNION SELECT "workspaceId" FROM "model_services" WHERE "suspendedAt" IS NOT NULL AND "deletedAt" IS NULL`;
  const waiting = rows.map((row) => row.workspaceId);
  const work = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      await billOne({ db, logger }, id).catch((err: unknown) => logger.error({ err, workspace: id }, "a workspace could not be billed"));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

async function billOne({ db, logger }: Deps, workspaceId: string): Promise<void> {
  if ((await billWorkspace(db, workspaceId)).missingNano > 0n) {
    // Part of it may lie idle with gateways.
    if (await recallCredit(db, workspaceId)) await sleep(recallMs);
    const { missingNano } = await billWorkspace(db, workspaceId);
    if (missingNano > 0n) {
      const suspended = await suspendServices(db, workspaceId);
      if (suspended.length > 0) logger.warn({ workspace: workspaceId, services: suspended, missingNano }, "suspended: credit has run out");
      return;
    }
  }
  const resumed = await resumeServices(db, workspaceId);
  if (resumed.length > 0) logger.info({ workspace: workspaceId, services: resumed }, "resumed: there is credit again");
}

/** Gateways answer a recall within a second. */
const recallMs = 1_000;
