import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, ClusterObject } from "./cluster.ts";
import type { ClusterView } from "./cluster-view.ts";
import { labels, ownSelector } from "./names.ts";
import { disruptionBudgetOf, type Wanted, weightsClaimOf } from "./objects.ts";
import type { ApiPaths } from "./paths.ts";

/** Versions of PodDisruptionBudget that this driver writes, the best first. */
const budgetVersions = ["policy/v1", "policy/v1beta1"];

interface Marked extends ClusterObject {
  metadata?: ClusterObject["metadata"] & { labels?: Record<string, string> };
}

/** A start is in the cluster's view by then, whose first object is its Deployment. */
const secondLookMs = 3_000;

/** What the instances of a service have in common: a budget for disruptions, and a claim that holds the weights. */
export async function applyShared(cluster: Cluster, paths: ApiPaths, wanted: Wanted): Promise<void> {
  const version = await budgetVersion(cluster, paths);
  const claim = weightsClaimOf(wanted);
  await Promise.all([
    version && cluster.apply(paths.budgets(version), disruptionBudgetOf(wanted, version)),
    claim && cluster.apply(paths.claims, claim),
  ]);
}

/** Removes those of services without instances, looked at twice: a start under way is not taken for none. */
export async function pruneShared(cluster: Cluster, paths: ApiPaths, view: ClusterView, regionId: string): Promise<void> {
  const version = await budgetVersion(cluster, paths);
  const folders = [...(version ? [paths.budgets(version)] : []), paths.claims];
  const found = await Promise.all(folders.map((folder) => listMarked(cluster, folder, regionId)));
  const unused = found.flat().filter(({ item }) => !isUsed(item, view));
  if (unused.length === 0) return;
  await sleep(secondLookMs);
  for (const { folder, item } of unused.filter((one) => !isUsed(one.item, view))) {
    await cluster.remove(`${folder}/${item.metadata?.name}`, { preconditions: { uid: item.metadata?.uid } });
  }
}

function isUsed(item: Marked, view: ClusterView): boolean {
  const serviceId = item.metadata?.labels?.[labels.service];
  return [...view.deployments(), ...view.allPods()].some((one) => one.metadata?.labels?.[labels.service] === serviceId);
}

async function listMarked(cluster: Cluster, folder: string, regionId: string): Promise<{ folder: string; item: Marked }[]> {
  const { items = [] } = (await cluster.get(folder, { labelSelector: ownSelector(regionId) })) as { items?: Marked[] };
  return items.map((item) => ({ folder, item }));
}

/** What this cluster knows of the policy group; null: it has no budgets. */
async function budgetVersion(cluster: Cluster, paths: ApiPaths): Promise<string | null> {
  const group = (await cluster.get(paths.policyVersions)) as { versions?: { groupVersion?: string }[] };
  const served = new Set(group.versions?.map((version) => version.groupVersion));
  return budgetVersions.find((version) => served.has(version)) ?? null;
}
