import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { eventually, newRef, until } from "#deployer/drivers/contract.ts";
import type { Driver, InstanceRef, InstanceSpec, Observation } from "#deployer/drivers/driver.ts";
import { createKubernetesDriver } from "#deployer/drivers/kubernetes/kubernetes-driver.ts";
import { labels, runName } from "#deployer/drivers/kubernetes/names.ts";
import { type ClusterPlace, createClusterPlace } from "./place.ts";

let place: ClusterPlace;
let driver: Driver;

async function open(settings: Record<string, unknown> = {}): Promise<void> {
  place = await createClusterPlace(settings);
  driver = createKubernetesDriver({ region: place.region });
}

afterEach(async () => {
  driver.close();
  await place.dispose();
});

async function start(spec: InstanceSpec): Promise<InstanceRef> {
  const ref = { ...newRef(), serviceId: spec.serviceId };
  await driver.start(ref, spec);
  return ref;
}

async function running(spec = place.spec()): Promise<InstanceRef> {
  const ref = await start(spec);
  await until(driver, ref, "ready", 30_000);
  return ref;
}

async function waitsFor(ref: InstanceRef, waiting: object): Promise<void> {
  await eventually(async () => expect(await driver.observe(ref)).toMatchObject({ phase: "starting", waiting }), 20_000);
}

async function isGone(ref: InstanceRef, cause: object | null, limitMs = 20_000): Promise<Observation> {
  await eventually(async () => expect(await driver.observe(ref)).toMatchObject({ phase: "gone", cause }), limitMs);
  return driver.observe(ref);
}

function worker(ref: InstanceRef) {
  return place.agent.find(labels.instance, ref.instanceId);
}

test("a pod that no node has room for says which resource is short", async () => {
  await open();
  const gpus = await start(place.spec({ resources: { ...place.spec().resources, gpuCount: 8, gpuModel: "H100" } }));
  await waitsFor(gpus, { reason: "unschedulable", data: { resource: "gpu", detail: expect.stringContaining("nvidia.com/gpu") } });
  const memory = await start(place.spec({ resources: { ...place.spec().resources, memoryBytes: 1_000_000_000_000n } }));
  await waitsFor(memory, { reason: "unschedulable", data: { resource: "memory" } });
  const model = await start(place.spec({ resources: { ...place.spec().resources, gpuCount: 1, gpuModel: "A1" } }));
  await waitsFor(model, { reason: "unschedulable", data: { resource: "node" } });
});

test("GPUs are asked for, and split over by tensor parallelism", async () => {
  await open();
  const ref = await running(place.spec({ resources: { ...place.spec().resources, gpuCount: 2, gpuModel: "H100" } }));
  expect((await driver.logs(ref, null))?.lines[0]?.text).toContain("tensor parallel size 2");
});

test("an image that cannot be had is named, and the pod starts once it can", async () => {
  await open();
  place.agent.failPulls("vllm/", "manifest unknown");
  const ref = await start(place.spec());
  await waitsFor(ref, {
    reason: "image_pull_failed",
    data: { image: expect.stringMatching(/^vllm\/vllm-openai:v/), detail: "manifest unknown" },
  });
  place.agent.failPulls("vllm/", null);
  await until(driver, ref, "ready", 30_000);
});

test("a quota that refuses the pod is told", async () => {
  await open();
  const body = { metadata: { name: "small" }, spec: { hard: { pods: "0" } } };
  await place.admin.request("POST", `/api/v1/namespaces/${place.namespace}/resourcequotas`, { body });
  // The quota is enforced once its controller has counted.
  await sleep(1_000);
  const ref = await start(place.spec());
  await waitsFor(ref, { reason: "unschedulable", data: { resource: "quota" } });
});

test("a flag that vLLM does not know ends it with code 2 and its own words", async () => {
  await open({ models: { "hydra-tiny": { args: ["--no-such-flag"] } } });
  const ref = await start(place.spec());
  expect(await isGone(ref, null)).toMatchObject({ exit: "2" });
  await eventually(
    async () => expect((await driver.logs(ref, null))?.lines.at(-1)?.text).toContain("unrecognized arguments: --no-such-flag"),
    5_000,
  );
});

test("out of memory is told, and Kubernetes does not start it again behind the deployer's back", async () => {
  await open();
  const ref = await running();
  const { process } = worker(ref);
  if (!process) throw new Error("nothing runs");
  process.outOfMemory = true;
  process.signal("SIGKILL");
  await isGone(ref, { reason: "out_of_memory", data: {} });
  await eventually(async () => expect(await place.leftOvers()).toEqual([expect.stringMatching(/^poddisruptionbudgets/)]), 20_000);
  expect(place.agent.running()).toEqual([]);
  expect((await driver.observe(ref)).phase).toBe("gone");
});

test("an evicted pod is told, and its replacement is the deployer's to make", async () => {
  await open();
  const ref = await running();
  await worker(ref).evict("The node was low on resource: ephemeral-storage.");
  await isGone(ref, { reason: "evicted", data: { detail: expect.stringContaining("ephemeral-storage") } });
  const again = { ...ref, nonce: newRef().nonce };
  await driver.start(again, place.spec({ serviceId: ref.serviceId }));
  await until(driver, again, "ready", 30_000);
  expect(place.agent.running()).toHaveLength(1);
});

test("a pod that the cluster removes, as before a node's upgrade, leaves at once for gateways and ends in peace", async () => {
  await open();
  const ref = await running();
  const seen = await until(driver, ref, "ready", 0);
  await place.admin.remove(`/api/v1/namespaces/${place.namespace}/pods/${seen.run.podName}`);
  await isGone(ref, { reason: "evicted" }, 5_000);
});

test("a lost node is told by its name, and a new run comes up elsewhere", async () => {
  await open();
  const ref = await running();
  const { host } = (await until(driver, ref, "ready", 0)).run;
  place.agent.lose(host ?? "");
  await isGone(ref, { reason: "node_lost", data: { node: host } }, 90_000);
  const again = { ...ref, nonce: newRef().nonce };
  await driver.start(again, place.spec({ serviceId: ref.serviceId }));
  const moved = await until(driver, again, "ready", 30_000);
  expect(moved.run.host).not.toBe(host);
  // What the lost node had is cleared away, though nobody there can say that it ended.
  await eventually(async () => expect((await place.leftOvers()).filter((name) => name.startsWith("pods/"))).toHaveLength(1), 20_000);
});

test("nothing of others is listed, ended or changed", async () => {
  await open();
  const deployments = `/apis/apps/v1/namespaces/${place.namespace}/deployments`;
  const foreign = (name: string, marks: Record<string, string>) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels: marks },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "a", image: "a" }] } },
    },
  });
  await place.admin.apply(deployments, foreign("stranger", { [labels.manager]: "helm" }));
  await place.admin.apply(
    deployments,
    foreign("other-hydra", { [labels.manager]: "hydra", [labels.region]: "reg_other", [labels.instance]: "ins_x" }),
  );
  const ref = await running();
  expect((await driver.list()).map((one) => one.instanceId)).toEqual([ref.instanceId]);
  for (const one of await driver.list()) await driver.end(one);
  await driver.end({ instanceId: "ins_x", serviceId: null, pid: null, pidStartedAt: null, nonce: null });
  await until(driver, ref, "gone", 20_000);
  await driver.prune(new Set());
  await eventually(async () => expect(await place.leftOvers()).toEqual([]), 20_000);
  const { items } = (await place.admin.get(deployments)) as { items: { metadata: { name: string } }[] };
  expect(items.map((item) => item.metadata.name).sort()).toEqual(["other-hydra", "stranger"]);
});

test("a Deployment that a deployer left without its row is found, and ended", async () => {
  await open();
  const ref = await running();
  const later = createKubernetesDriver({ region: place.region });
  try {
    const [orphan] = await later.list();
    expect(orphan).toMatchObject({ instanceId: ref.instanceId, serviceId: ref.serviceId, nonce: ref.nonce });
    // Of another run of that instance, which has begun since, nothing is ended.
    if (orphan) await later.end({ ...orphan, nonce: "another" });
    expect((await driver.observe(ref)).phase).toBe("ready");
    if (orphan) await later.end(orphan);
    await until(later, ref, "gone", 20_000);
  } finally {
    later.close();
  }
});

test("weights have a claim of their service, which goes when the service has no instances", async () => {
  await open({ weights: { storageClass: "hydra-test", accessMode: "ReadWriteOnce" } });
  const volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: place.namespace },
    spec: {
      capacity: { storage: "10Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "hydra-test",
      hostPath: { path: "/tmp/none" },
    },
  };
  await place.admin.apply("/api/v1/persistentvolumes", volume);
  try {
    const ref = await running();
    expect(await place.leftOvers()).toContainEqual(expect.stringMatching(/^persistentvolumeclaims\/hydra-s-/));
    await driver.prune(new Set());
    expect(await place.leftOvers()).toContainEqual(expect.stringMatching(/^persistentvolumeclaims\/hydra-s-/));
    await driver.stop(ref, "kill");
    await until(driver, ref, "gone", 20_000);
    await driver.prune(new Set());
    await eventually(async () => expect(await place.leftOvers()).toEqual([]), 20_000);
  } finally {
    await place.admin.remove(`/api/v1/persistentvolumes/${place.namespace}`);
  }
});

/** A call that is under way until `finish` is called; resolves to its status, or null where it was cut. */
function slowCall(endpoint: string | null, token: string): { finish(): void; status: Promise<number | null> } {
  const body = JSON.stringify({ model: "public/hydra-tiny", messages: [{ role: "user", content: "Hello!" }], max_tokens: 8 });
  const headers = { "content-type": "application/json", "content-length": body.length, authorization: `Bearer ${token}` };
  const call = request(`${endpoint}/v1/chat/completions`, { method: "POST", headers });
  const status = new Promise<number | null>((resolve) => {
    call.once("response", (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? null));
    });
    call.once("error", () => resolve(null));
  });
  call.write(body.slice(0, 10));
  return { finish: () => void call.end(body.slice(10)), status };
}

test("a drain lets running calls end, takes no new ones, and a kill waits for none", async () => {
  await open();
  const refs = [await running(), await running()] as const;
  const [drained, killed] = await Promise.all(
    refs.map(async (ref) => {
      const { endpoint } = await until(driver, ref, "ready", 0);
      return { endpoint, ...slowCall(endpoint, ref.token) };
    }),
  );
  if (!drained || !killed) throw new Error("no calls");
  // Both are at their engines by now.
  await sleep(300);
  await driver.stop(refs[0], "drain");
  await driver.stop(refs[1], "kill");
  expect(await killed.status).toBeNull();
  await until(driver, refs[1], "gone", 10_000);
  await eventually(async () => expect(await fetch(`${drained.endpoint}/health`).catch(() => null)).toBeNull(), 5_000);
  expect(await driver.observe(refs[0])).toMatchObject({ drainingMs: expect.any(Number) });
  drained.finish();
  expect(await drained.status).toBe(200);
  await until(driver, refs[0], "gone", 10_000);
});

test.each(["nodePort", "loadBalancer"])("by its %s it answers from outside the pods' network", async (kind) => {
  await open({ reach: { kind } });
  const ref = await running();
  const { endpoint } = await until(driver, ref, "ready", 0);
  const podIP = worker(ref).podIP;
  expect(endpoint).not.toContain(podIP);
  expect((await fetch(`${endpoint}/v1/models`, { headers: { authorization: `Bearer ${ref.token}` } })).status).toBe(200);
});

test("the deployer's rights are enough, and no more: Secrets cannot be read, other namespaces not at all", async () => {
  await open();
  const ref = await running();
  const path = `/api/v1/namespaces/${place.namespace}/secrets/${runName(ref.instanceId, ref.nonce ?? "")}`;
  await expect(place.asDeployer.get(path)).rejects.toMatchObject({ status: 403 });
  await expect(place.asDeployer.get("/api/v1/namespaces/default/pods")).rejects.toMatchObject({ status: 403 });
  await expect(place.asDeployer.get("/api/v1/nodes")).rejects.toMatchObject({ status: 403 });
});
