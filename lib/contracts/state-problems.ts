import type { StateReason } from "./services.ts";

/**
 * What is known of the detail that a reason gives, which comes from another program and in English: each has words of ours in
 * messages/*.json. Only what is none of these is told in that program's words alone.
 */
export const stateProblems = [
  // Connections.
  "connection_refused",
  "connection_broken",
  "host_unknown",
  "no_way",
  "no_answer",
  "certificate",
  "redirect",
  "status_404",
  "status",
  "rate_limited",
  "no_list",
  "list_too_long",
  "access_denied",
  "kubeconfig",
  "not_yet",
  // Nodes.
  "gpu",
  "memory",
  "cpu",
  "resource",
  "node",
  "taint",
  "volume",
  "quota",
  "policy",
  "configuration",
  "engine",
  // Images.
  "image_missing",
  "image_denied",
  "image_name",
  "image_not_here",
  "image_backoff",
  "disk_full",
  // What a node did to a pod.
  "node_memory",
  "node_disk",
  "pod_disk",
  "preempted",
  "drained",
  "tainted",
  "removed",
  // Starts.
  "cluster_refused",
  "ended_at_once",
  "start_locked",
  "not_spawned",
] as const;
export type StateProblem = (typeof stateProblems)[number];

type Rules = readonly (readonly [StateProblem, RegExp])[];

const connection: Rules = [
  ["connection_refused", /ECONNREFUSED|connection refused|refuses connections/i],
  ["connection_broken", /ECONNRESET|EPIPE|broke the connection off|other side closed|socket hang up|connection reset/i],
  ["host_unknown", /ENOTFOUND|EAI_AGAIN|no such host|host name (is unknown|cannot be resolved)/i],
  ["no_way", /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable|there is no way to its/i],
  ["certificate", /certificate|x509|self-signed/i],
  ["no_answer", /no answer|timed? ?out|deadline exceeded|ETIMEDOUT/i],
];

/** In order: the first that fits counts. */
const rules: Partial<Record<StateReason, Rules>> = {
  upstream_unreachable: [
    ["rate_limited", /answers 429/],
    ["redirect", /answers with a redirect \((?<status>\d+)\)/],
    ["status_404", /answers 404/],
    ["no_list", /answers no list of models/],
    ["list_too_long", /list of models is too long/],
    ["status", /answers (?<status>\d{3})$/],
    ...connection,
  ],
  region_unreachable: [
    ["kubeconfig", /kubeconfig .* (cannot be read|names no cluster)/],
    ["access_denied", /refuses what Hydra needs|forbidden|unauthorized/i],
    ["not_yet", /has not answered yet/],
    ...connection,
  ],
  image_pull_failed: [
    ["rate_limited", /toomanyrequests|too many requests|rate limit/i],
    ["image_denied", /unauthorized|denied|authentication required|forbidden/i],
    ["image_missing", /manifest unknown|not found|does not exist/i],
    ["image_name", /InvalidImageName|couldn't parse image|invalid reference format/i],
    ["image_not_here", /ErrImageNeverPull|pull policy of Never/i],
    ["disk_full", /no space left/i],
    ...connection,
    ["image_backoff", /ImagePullBackOff|back-?off pulling/i],
  ],
  evicted: [
    ["node_memory", /low on resource: memory/i],
    ["node_disk", /low on resource: (ephemeral-storage|inodes|nodefs|imagefs)/i],
    ["pod_disk", /ephemeral[ -](local )?storage .*(exceeds|limit)/i],
    ["preempted", /preempt/i],
    ["tainted", /taint/i],
    ["drained", /eviction api|evicting/i],
    ["removed", /is being removed by the cluster/],
  ],
  start_failed: [
    ["cluster_refused", /^the cluster refused it/],
    ["ended_at_once", /ended at once/],
    ["start_locked", /another deployer on this machine/],
    ["not_spawned", /could not (be started|start)/],
  ],
};

/** Details that are sentences of Hydra's own: our words for them say all. */
const ownWords: readonly StateProblem[] = ["ended_at_once", "start_locked", "not_yet", "removed"];
/** Resources that the scheduler's sentence was read for already: see the Kubernetes driver. */
const resources: readonly string[] = ["gpu", "memory", "cpu", "node", "taint", "volume", "quota", "policy", "configuration", "engine"];

export interface KnownProblem {
  problem: StateProblem;
  /** What its words name, such as a status. */
  values: Record<string, string>;
  /** Somebody else's words, which say more than ours: to be quoted; null where ours say all. */
  original: string | null;
}

/** What a reason's detail says, where that is known; null otherwise. Pure. */
export function stateProblem(reason: StateReason, { detail, resource }: Record<string, string | number>): KnownProblem | null {
  const text = detail === undefined ? "" : String(detail);
  if (reason === "unschedulable" && resource !== undefined) {
    const known = stateProblems.find((one) => one === resource && resources.includes(one));
    return { problem: known ?? "resource", values: { resource: String(resource) }, original: text || null };
  }
  for (const [problem, form] of rules[reason] ?? []) {
    const found = form.exec(text);
    if (!found) continue;
    const own = reason === "upstream_unreachable" || ownWords.includes(problem);
    return { problem, values: { ...found.groups }, original: own ? null : text };
  }
  return null;
}
