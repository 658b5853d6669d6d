import type { V1ContainerStatus, V1Deployment, V1Pod, V1PodCondition } from "@kubernetes/client-node";
import type { Obstacle } from "../driver.ts";
import { containerName, labels, nonceAnnotation, runLabel } from "./names.ts";
import { waitingOf } from "./waiting.ts";

/** What the cluster's objects say of one run. */
export type RunSight =
  /** Nothing of it is there. */
  | { kind: "absent" }
  /** It ended without being asked to; what is left of it, Kubernetes would start again. */
  | { kind: "ended"; pod: V1Pod; exit: string | null; cause: Obstacle | null }
  | {
      kind: "live";
      phase: "starting" | "ready" | "unreachable";
      pod: V1Pod | null;
      waiting: Obstacle | null;
      /** When it was asked to go, by the cluster's clock; null where it was not. */
      leavingSince: Date | null;
    };

/**
 * Reads one run out of its Deployment (null where there is none any more) and the pods of its instance. Pure.
 * A run is the first life of its container: a restarted container, an evicted pod, a pod on a lost node have ended it,
 * unless Kubernetes has it answering again.
 */
export function seeRun(nonce: string, deployment: V1Deployment | null, pods: readonly V1Pod[]): RunSight {
  const own = pods.filter((pod) => pod.metadata?.labels?.[labels.run] === runLabel(nonce));
  const wanted = deployment?.metadata?.annotations?.[nonceAnnotation] === nonce ? deployment : null;
  if (!wanted) return leaving(own);
  const staying = own.filter((pod) => !pod.metadata?.deletionTimestamp);
  const ready = staying.find((pod) => isTrue(pod, "Ready") || isUnheard(pod));
  if (ready) return { kind: "live", phase: "ready", pod: ready, waiting: null, leavingSince: null };
  for (const pod of own) {
    const end = endOf(pod);
    if (end) return { kind: "ended", pod, ...end };
  }
  const pod = staying[0] ?? null;
  const phase = pod && wasReady(pod) ? "unreachable" : "starting";
  return { kind: "live", phase, pod, waiting: waitingOf(wanted, pod), leavingSince: null };
}

export function containerOf(pod: V1Pod): V1ContainerStatus | null {
  return pod.status?.containerStatuses?.find((status) => status.name === containerName) ?? null;
}

export function conditionOf(pod: V1Pod, type: string): V1PodCondition | null {
  return pod.status?.conditions?.find((condition) => condition.type === type) ?? null;
}

/** `Ready` has changed since the container began: it is not ready any more, rather than not yet. */
function wasReady(pod: V1Pod): boolean {
  const since = conditionOf(pod, "Ready")?.lastTransitionTime;
  const container = containerOf(pod);
  const began = container?.state?.running?.startedAt;
  return container?.started === true && since !== undefined && began !== undefined && new Date(since) > new Date(began);
}

/** Its Deployment is gone or is another run's: what pods there are, are on their way out. */
function leaving(pods: readonly V1Pod[]): RunSight {
  const alive = pods.filter((pod) => pod.status?.phase !== "Failed" && pod.status?.phase !== "Succeeded");
  const pod = alive[0];
  if (!pod) return { kind: "absent" };
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata ?? {};
  const asked = deletionTimestamp ? new Date(deletionTimestamp).getTime() - (deletionGracePeriodSeconds ?? 0) * 1_000 : Date.now();
  return { kind: "live", phase: isTrue(pod, "Ready") ? "ready" : "starting", pod, waiting: null, leavingSince: new Date(asked) };
}

function endOf(pod: V1Pod): { exit: string | null; cause: Obstacle | null } | null {
  const node = pod.spec?.nodeName ?? "unknown";
  if (isLost(pod)) return { exit: null, cause: { reason: "node_lost", data: { node } } };
  if (pod.status?.phase === "Failed" && pod.status.reason) {
    const detail = pod.status.message ?? pod.status.reason;
    return { exit: null, cause: { reason: "evicted", data: { detail } } };
  }
  const container = containerOf(pod);
  const last = container?.state?.terminated ?? container?.lastState?.terminated ?? null;
  if (last) {
    const cause: Obstacle | null = last.reason === "OOMKilled" ? { reason: "out_of_memory", data: {} } : null;
    return { exit: last.signal ? `signal ${last.signal}` : String(last.exitCode), cause };
  }
  if (!pod.metadata?.deletionTimestamp) return null;
  const detail = conditionOf(pod, "DisruptionTarget")?.message ?? `the pod on node ${node} is being removed by the cluster`;
  return { exit: null, cause: { reason: "evicted", data: { detail } } };
}

/** Its node is not heard of, and the cluster has given it up: it removes the pod. */
export function isLost(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined && (pod.status?.reason === "NodeLost" || isUnheard(pod));
}

/**
 * The node's own word (`ContainersReady`) was good, and then the cluster took `Ready` back: it no longer hears of the node. That
 * may be its own fault, after an outage of the API server say, and all nodes' at once; so the pod counts as it was until the
 * cluster removes it. With readiness gates others decide on `Ready` too, so that it says nothing.
 */
function isUnheard(pod: V1Pod): boolean {
  const gated = (pod.spec?.readinessGates?.length ?? 0) > 0;
  return !gated && isTrue(pod, "ContainersReady") && conditionOf(pod, "Ready")?.status !== "True";
}

function isTrue(pod: V1Pod, type: string): boolean {
  return conditionOf(pod, type)?.status === "True";
}
