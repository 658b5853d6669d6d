import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { parseServe } from "./flags.ts";
import { isImageName, refuse } from "./refuse.ts";

describe("vllm serve", () => {
  test("is taken at its word", () => {
    const argv = [
      "vllm",
      "serve",
      "a/b",
      "--served-model-name",
      "u/x",
      "--port",
      "8001",
      "--max-model-len",
      "512",
      "--tensor-parallel-size",
      "2",
    ];
    expect(parseServe(argv)).toMatchObject({ model: "a/b", servedName: "u/x", port: 8001, contextLength: 512, tensorParallel: 2 });
  });

  test.each([
    [["sh", "-c", "vllm serve a/b"], "runs vllm serve, not sh -c"],
    [["vllm", "serve", "--port", "1"], "required: model_tag"],
    [["vllm", "serve", "a/b", "--servd-model-name", "x"], "unrecognized arguments: --servd-model-name"],
    [["vllm", "serve", "a/b", "--port", "http"], "argument --port: invalid value: http"],
    [["vllm", "serve", "a/b", "--max-model-len"], "argument --max-model-len: invalid value"],
    [["vllm", "serve", "a/b", "--port", "1", "--port", "2"], "--port is given twice"],
    [["vllm", "serve", "a/b", "--quantization", "int3"], "unknown quantization int3"],
  ])("%j is refused", (argv, message) => {
    expect(() => parseServe(argv)).toThrow(message);
  });
});

describe("a kubelet", () => {
  const node: V1Node = { metadata: { labels: { zone: "a" } }, status: { allocatable: { "nvidia.com/gpu": "2" } } };
  const pod = (spec: object, container: object = {}): V1Pod => ({ spec: { containers: [{ name: "engine", ...container }], ...spec } });
  const gpus = (requests: string, limits: string) => ({
    resources: { requests: { "nvidia.com/gpu": requests }, limits: { "nvidia.com/gpu": limits } },
  });

  test.each([
    ["what fits", pod({ nodeSelector: { zone: "a" } }, gpus("2", "2")), null],
    ["another node's label", pod({ nodeSelector: { zone: "b" } }), "NodeAffinity"],
    ["more GPUs than there are", pod({}, gpus("4", "4")), "UnexpectedAdmissionError"],
    ["GPUs that are asked for but not limited alike", pod({}, gpus("1", "2")), "UnexpectedAdmissionError"],
    ["a mount of no volume", pod({}, { volumeMounts: [{ name: "weights", mountPath: "/w" }] }), "UnexpectedAdmissionError"],
  ])("%s", (_, one, reason) => {
    expect(refuse(one, node)?.reason ?? null).toBe(reason);
  });

  test("a taint that evicts", () => {
    const tainted = { ...node, spec: { taints: [{ key: "gone", effect: "NoExecute" }] } };
    expect(refuse(pod({}), tainted)?.reason).toBe("TaintToleration");
    expect(refuse(pod({ tolerations: [{ key: "gone", operator: "Exists" }] }), tainted)).toBeNull();
  });

  test.each([
    ["vllm/vllm-openai:v0.18.0", true],
    ["registry.example.com:5000/a/b@sha256:".padEnd(101, "0"), true],
    ["Vllm/UPPER:1", false],
    ["a b", false],
  ])("%s", (image, holds) => {
    expect(isImageName(image)).toBe(holds);
  });
});
