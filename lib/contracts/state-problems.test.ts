import { expect, test } from "vitest";
import type { StateReason } from "./services.ts";
import { type StateProblem, stateProblem, stateProblems } from "./state-problems.ts";

type Sample = [reason: StateReason, detail: string, problem: StateProblem, values?: Record<string, string>];

/** Sentences as kubelet, containerd, the scheduler, undici and our own drivers write them. */
const samples: Sample[] = [
  ["upstream_unreachable", "it refuses connections", "connection_refused"],
  ["upstream_unreachable", "it broke the connection off", "connection_broken"],
  ["upstream_unreachable", "its host name is unknown", "host_unknown"],
  ["upstream_unreachable", "its host name cannot be resolved at present", "host_unknown"],
  ["upstream_unreachable", "there is no way to its host", "no_way"],
  ["upstream_unreachable", "no answer in 10 s", "no_answer"],
  ["upstream_unreachable", "its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)", "certificate"],
  ["upstream_unreachable", "it answers 429: too many requests", "rate_limited"],
  ["upstream_unreachable", "GET /models answers with a redirect (302), which is not followed", "redirect", { status: "302" }],
  ["upstream_unreachable", "GET /models answers 404; correct the address, or give it a probe path", "status_404"],
  ["upstream_unreachable", "GET /models answers 500", "status", { status: "500" }],
  ["upstream_unreachable", "GET /models answers no list of models; if it has none, give it a probe path", "no_list"],
  ["upstream_unreachable", "its list of models is too long", "list_too_long"],
  [
    "region_unreachable",
    "the Kubernetes API at https://10.0.0.1:6443 does not answer: connect ECONNREFUSED 10.0.0.1:6443",
    "connection_refused",
  ],
  ["region_unreachable", "the Kubernetes API at https://k:6443 does not answer: getaddrinfo ENOTFOUND k", "host_unknown"],
  ["region_unreachable", "the Kubernetes API at https://k:6443 does not answer: other side closed", "connection_broken"],
  ["region_unreachable", "the Kubernetes API at https://k:6443 does not answer: unable to verify the first certificate", "certificate"],
  ["region_unreachable", "the kubeconfig /etc/k cannot be read: ENOENT: no such file or directory, open '/etc/k'", "kubeconfig"],
  ["region_unreachable", "the kubeconfig of the pod names no cluster for context x", "kubeconfig"],
  ["region_unreachable", 'the Kubernetes API refuses what Hydra needs: pods is forbidden: User "hydra" cannot list', "access_denied"],
  ["region_unreachable", "the Kubernetes API has not answered yet", "not_yet"],
  ["region_unreachable", "gpu-1 gave no answer within 10 s", "no_answer"],
  [
    "image_pull_failed",
    'failed to pull and unpack image "docker.io/vllm/vllm-openai:v9": failed to resolve reference: docker.io/vllm/vllm-openai:v9: not found',
    "image_missing",
  ],
  ["image_pull_failed", "manifest for vllm/vllm-openai:v9 not found: manifest unknown", "image_missing"],
  [
    "image_pull_failed",
    "pull access denied for private/vllm, repository does not exist or may require authorization: server message: insufficient_scope",
    "image_denied",
  ],
  ["image_pull_failed", "unexpected status from HEAD request: 401 Unauthorized", "image_denied"],
  ["image_pull_failed", "toomanyrequests: You have reached your pull rate limit.", "rate_limited"],
  ["image_pull_failed", 'Failed to apply default image tag "x:": couldn\'t parse image name "x:": invalid reference format', "image_name"],
  ["image_pull_failed", 'Container image "x" is not present with pull policy of Never', "image_not_here"],
  ["image_pull_failed", "write /var/lib/containerd/x: no space left on device", "disk_full"],
  ["image_pull_failed", "dial tcp: lookup registry.example.com on 10.0.0.10:53: no such host", "host_unknown"],
  ["image_pull_failed", "dial tcp 10.1.2.3:443: i/o timeout", "no_answer"],
  ["image_pull_failed", "dial tcp 10.1.2.3:443: connect: connection refused", "connection_refused"],
  ["image_pull_failed", "tls: failed to verify certificate: x509: certificate signed by unknown authority", "certificate"],
  ["image_pull_failed", 'Back-off pulling image "vllm/vllm-openai:v0.18.0"', "image_backoff"],
  ["evicted", "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi.", "node_memory"],
  ["evicted", "The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 5Mi.", "node_disk"],
  ["evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.", "pod_disk"],
  ["evicted", "Preempted in order to admit critical pod", "preempted"],
  ["evicted", "Taint manager: deleting due to NoExecute taint", "tainted"],
  ["evicted", "Eviction API: evicting", "drained"],
  ["evicted", "the pod on node n1 is being removed by the cluster", "removed"],
  ["start_failed", "the cluster refused it: admission webhook denied the request", "cluster_refused"],
  ["start_failed", "the engine ended at once; its log says why", "ended_at_once"],
  ["start_failed", "another deployer on this machine is starting instances and does not come to an end", "start_locked"],
  ["start_failed", "the engine could not be started: spawn EAGAIN", "not_spawned"],
];
/** What the Kubernetes driver has read out of the scheduler's sentence already. */
const resources = ["gpu", "memory", "cpu", "node", "taint", "volume", "quota", "policy", "configuration", "engine"] as const;

test.each(samples)("%s: %s", (reason, detail, problem, values = {}) => {
  expect(stateProblem(reason, { detail })).toMatchObject({ problem, values });
});

test.each([...resources])("no node for want of %s", (resource) => {
  const detail = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
  expect(stateProblem("unschedulable", { resource, detail })).toEqual({ problem: resource, values: { resource }, original: detail });
});

test("another resource is named; what nobody knows has no words", () => {
  expect(stateProblem("unschedulable", { resource: "hugepages-2Mi", detail: "x" })).toMatchObject({
    problem: "resource",
    values: { resource: "hugepages-2Mi" },
  });
  expect(stateProblem("unschedulable", { resource: "image_missing", detail: "x" })?.problem).toBe("resource");
  for (const reason of ["image_pull_failed", "region_unreachable", "evicted", "start_failed", "upstream_unreachable"] as const) {
    expect(stateProblem(reason, { detail: "something else" })).toBeNull();
    expect(stateProblem(reason, {})).toBeNull();
  }
});

test("each problem that has words is one that can be found", () => {
  const found = new Set<string>([...samples.map(([, , problem]) => problem), ...resources, "resource"]);
  expect([...found].sort()).toEqual([...stateProblems].sort());
});
