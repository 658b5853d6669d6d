import { type ContractPlace, driverContract, newRef } from "#deployer/drivers/contract.ts";
import { createKubernetesDriver } from "#deployer/drivers/kubernetes/kubernetes-driver.ts";
import { labels } from "#deployer/drivers/kubernetes/names.ts";
import { createClusterPlace } from "./place.ts";

async function place(): Promise<ContractPlace> {
  const cluster = await createClusterPlace();
  const workerOf = (instanceId: string) => cluster.agent.find(labels.instance, instanceId);
  const spec = cluster.spec();
  const nowhere = { ...spec.model, repository: null };
  return {
    open: () => createKubernetesDriver({ region: cluster.region }),
    spec,
    blocked: { spec: { ...spec, model: nowhere }, reason: "weights_missing" },
    broken: { spec: { ...spec, model: { ...spec.model, repository: "hydra-test/missing" } }, says: /is not a valid model identifier/ },
    newRef,
    crash: async (ref) => workerOf(ref.instanceId).process?.signal("SIGKILL"),
    hang: async (ref) => {
      const { process } = workerOf(ref.instanceId);
      process?.signal("SIGSTOP");
      return async () => process?.signal("SIGCONT");
    },
    async cut() {
      cluster.way.cut();
      return async () => cluster.way.mend();
    },
    count: async () => cluster.agent.running().length,
    logSays: /Application startup complete/,
    dispose: () => cluster.dispose(),
  };
}

driverContract("kubernetes", place, {
  without: ["endedLogs"],
  limits: { readyMs: 30_000, goneMs: 20_000, noticeMs: 5_000, cutMs: 25_000 },
});
