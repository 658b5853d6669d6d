import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Obstacle } from "../driver.ts";
import { containerName } from "./names.ts";

const imageTroubles = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
  "ImageInspectError",
]);
const configTroubles = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);
const maxDetail = 300;

/** What keeps a started run from getting on, in words that a person understands; null where nothing does. Pure. */
export function waitingOf(deployment: V1Deployment, pod: V1Pod | null): Obstacle | null {
  if (!pod) return refusedPods(deployment);
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === "PodScheduled");
  if (scheduled?.status === "False" && scheduled.reason === "Unschedulable") return unschedulable(scheduled.message ?? "");
  const waiting = pod.status?.containerStatuses?.find((status) => status.name === containerName)?.state?.waiting;
  const reason = waiting?.reason ?? "";
  const detail = shortened(waiting?.message || reason);
  if (imageTroubles.has(reason)) {
    const image = pod.spec?.containers.find((one) => one.name === containerName)?.image ?? "";
    return { reason: "image_pull_failed", data: { image, detail } };
  }
  return configTroubles.has(reason) ? { reason: "unschedulable", data: { resource: "configuration", detail } } : null;
}

/** The scheduler's sentence, with the resource that is short. Pure. */
export function unschedulable(message: string): Obstacle {
  return { reason: "unschedulable", data: { resource: resourceOf(message), detail: shortened(message) } };
}

/** No pod could be made at all: a quota, or a rule of the namespace. */
function refusedPods(deployment: V1Deployment): Obstacle | null {
  const failure = deployment.status?.conditions?.find((one) => one.type === "ReplicaFailure" && one.status === "True");
  if (!failure) return null;
  const detail = shortened(failure.message ?? "");
  return { reason: "unschedulable", data: { resource: /quota/.test(detail) ? "quota" : "policy", detail } };
}

/** The scarcest first: a node with free memory and no GPU is of no use. */
function resourceOf(message: string): string {
  const short = [...message.matchAll(/Insufficient ([\w./-]+)/g)].map((match) => match[1] as string).map((name) => name.replace(/\.$/, ""));
  const gpu = short.find((name) => /gpu/i.test(name));
  if (gpu) return "gpu";
  for (const name of ["memory", "cpu"]) if (short.includes(name)) return name;
  if (short[0]) return short[0];
  if (/persistentvolumeclaim|volume/i.test(message)) return "volume";
  if (/node selector|node affinity|node\(s\) didn't match/i.test(message)) return "node";
  return /taint/i.test(message) ? "taint" : "node";
}

function shortened(text: string): string {
  return text.length > maxDetail ? `${text.slice(0, maxDetail - 1)}…` : text;
}
