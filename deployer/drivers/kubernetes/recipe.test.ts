import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { InstanceSpec } from "../driver.ts";
import { endpointOf } from "./endpoint.ts";
import { deploymentOf, disruptionBudgetOf, serviceOf, weightsClaimOf } from "./objects.ts";
import { parseSettings } from "./settings.ts";
import { unservable, vllmCommand, weightsBytes } from "./vllm.ts";
import { unschedulable } from "./waiting.ts";

const spec: InstanceSpec = {
  serviceId: "svc_01abc",
  accessName: "u-1100a15812cc/qwen2",
  model: { slug: "qwen2.5-14b-instruct", kind: "text_generation", parameters: 14_770_033_664n, repository: "Qwen/Qwen2.5-14B-Instruct" },
  weights: null,
  contextLength: 131_072,
  parallel: 64,
  resources: { cpuMilli: 8_000, memoryBytes: 68_719_476_736n, gpuCount: 2, gpuModel: "NVIDIA-H100-80GB-HBM3" },
  region: { id: "reg_01abc", name: "sh-02", settings: {} },
};
const ref = {
  instanceId: "ins_01abc",
  serviceId: spec.serviceId,
  pid: null,
  pidStartedAt: null,
  place: null,
  nonce: "n".repeat(64),
  token: "t",
};
const settings = parseSettings({});
const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: "u" };

describe("vLLM's command line", () => {
  test("served name, context, parallelism over GPUs, draining", () => {
    expect(vllmCommand(spec, settings)).toEqual({
      image: expect.stringMatching(/^vllm\/vllm-openai:v\d/),
      command: ["vllm", "serve"],
      args: [
        "Qwen/Qwen2.5-14B-Instruct",
        ...["--served-model-name", "u-1100a15812cc/qwen2", "--host", "0.0.0.0", "--port", "8000"],
        ...["--max-model-len", "131072", "--max-num-seqs", "64", "--tensor-parallel-size", "2", "--shutdown-timeout", "10"],
      ],
    });
  });

  test("what a region sets for one model is for that model alone", () => {
    const own = parseSettings({
      image: "registry/vllm:1",
      models: { "qwen2.5-14b-instruct": { quantization: "fp8", args: ["--dtype", "auto"] } },
    });
    expect(vllmCommand(spec, own).args.join(" ")).toContain("--quantization fp8 --shutdown-timeout 10 --dtype auto");
    const other = { ...spec, model: { ...spec.model, slug: "other" } };
    expect(vllmCommand(other, own).args).not.toContain("--quantization");
    expect(vllmCommand(other, own).image).toBe("registry/vllm:1");
  });

  test("safetensors of a hub are taken at their revision; a GGUF file is not vLLM's", () => {
    const weights = {
      id: "wts",
      source: "hub",
      hub: "huggingface",
      repository: "a/b",
      revision: "c0ffee",
      file: "",
      projectorFile: null,
    } as const;
    const size = { sizeBytes: 30_000_000_000, sha256: null } as const;
    const safe = { ...spec, weights: { ...weights, ...size, format: "safetensors" as const } };
    expect(vllmCommand(safe, settings).args.join(" ")).toMatch(/^a\/b .*--revision c0ffee/);
    expect(weightsBytes(safe)).toBeGreaterThan(37_000_000_000n);
    expect(vllmCommand({ ...safe, weights: { ...safe.weights, format: "gguf" } }, settings).args[0]).toBe("Qwen/Qwen2.5-14B-Instruct");
    expect(weightsBytes(spec)).toBeGreaterThan(36_000_000_000n);
  });

  test("a model without a repository, or one that makes images, cannot be served", () => {
    expect(unservable(spec)).toBeNull();
    expect(unservable({ ...spec, model: { ...spec.model, repository: null } })).toMatchObject({ reason: "weights_missing" });
    expect(unservable({ ...spec, model: { ...spec.model, kind: "image_generation" } })).toMatchObject({ reason: "unschedulable" });
  });
});

describe("objects", () => {
  test("a pod asks for what its instance type says, and goes where such GPUs are", () => {
    const pod = deploymentOf({ ref, spec, settings }).spec?.template.spec;
    expect(pod?.containers[0]?.resources).toEqual({
      requests: { cpu: "8000m", memory: "68719476736", "nvidia.com/gpu": "2" },
      limits: { memory: "68719476736", "nvidia.com/gpu": "2" },
    });
    expect(pod?.nodeSelector).toEqual({ "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3" });
    expect(pod?.tolerations).toContainEqual({ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" });
    expect(pod?.automountServiceAccountToken).toBe(false);
  });

  test("the token is in the Secret alone", () => {
    expect(JSON.stringify(deploymentOf({ ref: { ...ref, token: "very-secret" }, spec, settings }))).not.toContain("very-secret");
  });

  test("names are valid, marks on everything", () => {
    const made = [
      deploymentOf({ ref, spec, settings }),
      serviceOf({ ref, spec, settings }, owner),
      disruptionBudgetOf({ ref, spec, settings }, "policy/v1"),
    ];
    for (const object of made) {
      expect(object.metadata?.name).toMatch(/^hydra-(s-01abc|i-01abc(-nnnnnnnn)?)$/);
      expect(object.metadata?.labels).toMatchObject({ "app.kubernetes.io/managed-by": "hydra", "hydra/region": "reg_01abc" });
    }
  });

  test("weights: a folder of the pod, a claim of all, or one of the service", () => {
    const one = parseSettings({ weights: { claim: "all-weights" } });
    const each = parseSettings({ weights: { storageClass: "fast" } });
    const volume = (of: typeof settings) => deploymentOf({ ref, spec, settings: of }).spec?.template.spec?.volumes?.[0];
    expect(volume(settings)).toEqual({ name: "weights", emptyDir: {} });
    expect(volume(one)).toEqual({ name: "weights", persistentVolumeClaim: { claimName: "all-weights" } });
    expect(volume(each)).toEqual({ name: "weights", persistentVolumeClaim: { claimName: "hydra-s-01abc" } });
    expect([weightsClaimOf({ ref, spec, settings }), weightsClaimOf({ ref, spec, settings: one })]).toEqual([null, null]);
    expect(weightsClaimOf({ ref, spec, settings: each })?.spec).toMatchObject({ storageClassName: "fast", accessModes: ["ReadWriteMany"] });
  });
});

describe("reach", () => {
  const pod: V1Pod = { status: { podIP: "10.1.2.3", hostIP: "fd00::7" } };
  const service: V1Service = {
    spec: { ports: [{ port: 8000, nodePort: 30_123 }] },
    status: { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } },
  };
  test.each([
    [{ kind: "pod" }, "ClusterIP", "http://10.1.2.3:8000"],
    [{ kind: "nodePort" }, "NodePort", "http://[fd00::7]:30123"],
    [{ kind: "nodePort", address: "edge.example.com" }, "NodePort", "http://edge.example.com:30123"],
    [{ kind: "loadBalancer" }, "LoadBalancer", "http://lb.example.com:8000"],
    [{ kind: "gateway", url: "https://{name}.models.example.com" }, "ClusterIP", "https://hydra-i-01abc-nnnnnnnn.models.example.com"],
  ])("%o", (reach, type, expected) => {
    const given = parseSettings({ reach });
    expect(serviceOf({ ref, spec, settings: given }, owner).spec?.type).toBe(type);
    expect(endpointOf(given.reach, "hydra-i-01abc-nnnnnnnn", pod, service)).toBe(expected);
  });

  test.each([[{ kind: "pod" }], [{ kind: "nodePort" }], [{ kind: "loadBalancer" }]])("%o: no address yet", (reach) => {
    expect(endpointOf(parseSettings({ reach }).reach, "name", {}, null)).toBeNull();
  });
});

test.each([
  ["namespace", { namespace: "Not A Name" }],
  ["reach.url", { reach: { kind: "gateway", url: "https://models.example.com" } }],
  ["kubeconfig", { kubeconfig: "relative/config" }],
  ["settings", { unknown: 1 }],
])("wrong settings name the member: %s", (member, given) => {
  expect(() => parseSettings(given)).toThrow(`${member}:`);
});

test.each([
  ["0/3 nodes are available: 1 Insufficient memory, 3 Insufficient nvidia.com/gpu.", "gpu"],
  ["0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.", "memory"],
  ["0/2 nodes are available: 2 Insufficient cpu.", "cpu"],
  ["0/2 nodes are available: 2 node(s) didn't match node selector.", "node"],
  ["0/2 nodes are available: 2 node(s) had taint {a: b}, that the pod didn't tolerate.", "taint"],
  ["0/2 nodes are available: 2 pod has unbound immediate PersistentVolumeClaims.", "volume"],
])("%s", (message, resource) => {
  expect(unschedulable(message)).toEqual({ reason: "unschedulable", data: { resource, detail: message } });
});
