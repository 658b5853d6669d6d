import { RegionUnreachableError, type Running } from "#deployer/drivers/driver.ts";
import { withDeadline } from "#deployer/drivers/registry.ts";
import { loadRegions } from "#deployer/reconcile/load.ts";
import { isOwned } from "#deployer/reconcile/orphans.ts";
import type { Db } from "#lib/db/client.ts";
import { type Finding, fail, ok } from "./finding.ts";

const answerLimitMs = 8_000;

/** Each cluster that instances run in: it can be reached, and nothing of ours runs there that no row has. */
export async function checkRegions(db: Db): Promise<Finding[]> {
  const clusters = (await loadRegions(db)).filter((region) => region.driver === "kubernetes");
  return Promise.all(
    clusters.map(async (region) => {
      const name = `region ${region.name}`;
      try {
        const orphans = await findOrphans(db, await listRuns(region));
        if (orphans.length === 0) return ok(name, "it answers, and each run there has its row");
        return fail(
          name,
          `runs without a row: ${orphans.join(", ")}`,
          "A deployer that runs ends them within seconds; start Hydra, or see deployer.log.",
        );
      } catch (error) {
        if (!(error instanceof RegionUnreachableError)) throw error;
        const advice = `Check the cluster, the network to it and the settings of ${name}. Until then its services stay as they are; other regions go on.`;
        return fail(name, `cannot be reached: ${error.message}`, advice);
      }
    }),
  );
}

async function listRuns(region: Awaited<ReturnType<typeof loadRegions>>[number]): Promise<Running[]> {
  // Loaded for this alone: a cluster's client costs half a second.
  const { createKubernetesDriver } = await import("#deployer/drivers/kubernetes/kubernetes-driver.ts");
  const driver = withDeadline(createKubernetesDriver({ region }), region.name, answerLimitMs);
  try {
    return await driver.list();
  } finally {
    driver.close();
  }
}

async function findOrphans(db: Db, running: readonly Running[]): Promise<string[]> {
  const rows = await db.instance.findMany({
    where: { id: { in: running.map((one) => one.instanceId) }, state: { not: "stopped" } },
    select: { id: true, state: true, pid: true, pidStartedAt: true, nonce: true },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return running.filter((one) => !isOwned(one, byId.get(one.instanceId))).map((one) => one.instanceId);
}
