import { describe, expect, test } from "vitest";
import type { WeightsRef } from "../weights/ref.ts";
import { chooseRuntime, type InstalledPrograms, type LocalSpec, localRun, localWeights } from "./local-run.ts";

const gguf: WeightsRef = {
  id: "wts_1",
  source: "hub",
  hub: "huggingface",
  repository: "someone/Qwen-GGUF",
  revision: "main",
  file: "qwen.gguf",
  projectorFile: null,
  sizeBytes: null,
  sha256: null,
  format: "gguf",
};
const spec: LocalSpec = {
  accessName: "u-1100a15812cc/qwen2",
  model: { slug: "qwen", kind: "text_generation", parameters: 7_000_000_000n, repository: "Qwen/Qwen" },
  weights: gguf,
  contextLength: 4096,
  parallel: 4,
  resources: { cpuMilli: 2500, gpuCount: 0 },
};
const withGpu: LocalSpec = { ...spec, resources: { cpuMilli: 8000, gpuCount: 2 } };
const none: InstalledPrograms = { llamaServer: null, vllm: null };
const both: InstalledPrograms = { llamaServer: "/usr/bin/llama-server", vllm: "/opt/vllm/bin/vllm" };
const input = {
  entries: { engine: "/app/engine/main.ts", runtime: "/app/deployer/runtimes/main.ts" },
  instanceId: "ins_1",
  serviceId: "svc_1",
  stateFile: "/data/instances/ins_1/state.json",
};

describe("which program", () => {
  const bundled: WeightsRef = { ...gguf, source: "bundled", hub: null, repository: "", revision: "" };
  const imported: WeightsRef = { ...bundled, source: "import" };
  const tensors: WeightsRef = { ...gguf, file: "", format: "safetensors" };
  test.each<[string, LocalSpec, InstalledPrograms, string, string | null]>([
    ["nothing installed", spec, none, "engine", "qwen.gguf"],
    ["both installed, no GPU", spec, both, "llama-server", "qwen.gguf"],
    ["both installed, a GPU", withGpu, both, "vllm", ""],
    ["a GPU without vLLM", withGpu, { ...both, vllm: null }, "llama-server", "qwen.gguf"],
    ["weights that came with Hydra", { ...withGpu, weights: bundled }, both, "engine", "qwen.gguf"],
    ["an imported file", { ...withGpu, weights: imported }, both, "llama-server", "qwen.gguf"],
    ["a user's GGUF", { ...withGpu, model: { ...spec.model, repository: null } }, both, "llama-server", "qwen.gguf"],
    ["a user's safetensors", { ...withGpu, weights: tensors }, both, "vllm", ""],
    ["a user's safetensors without vLLM", { ...withGpu, weights: tensors }, none, "engine", null],
    ["no weights at all", { ...spec, weights: null }, none, "engine", null],
    ["no weights known but a repository", { ...withGpu, weights: null }, both, "vllm", ""],
  ])("%s", (_, asked, installed, runtime, file) => {
    expect(chooseRuntime(asked, installed)).toBe(runtime);
    expect(localWeights(asked, installed)?.file ?? null).toBe(file);
  });

  test("vLLM takes the maker's own repository", () => {
    expect(localWeights(withGpu, both)).toMatchObject({
      source: "hub",
      hub: "huggingface",
      repository: "Qwen/Qwen",
      format: "safetensors",
    });
  });
});

describe("how it is started", () => {
  test("the engine, with a thread a core but for tiny models", () => {
    const weights = { path: "/w/qwen.gguf", projectorPath: null };
    const { args, env } = localRun({ ...input, spec, installed: none, weights });
    expect(args[0]).toBe("/app/engine/main.ts");
    expect(args[args.indexOf("--threads") + 1]).toBe("2");
    expect(env).toEqual({});
    const tiny = { ...withGpu, model: { ...spec.model, parameters: 2_000_000n } };
    const { args: few } = localRun({ ...input, spec: tiny, installed: none, weights });
    expect(few[few.indexOf("--threads") + 1]).toBe("1");
  });

  test("llama-server", () => {
    const weights = { path: "/w/a b.gguf", projectorPath: "/w/mmproj.gguf" };
    expect(localRun({ ...input, spec, installed: both, weights })).toEqual({
      args: [
        "/app/deployer/runtimes/main.ts",
        ...["--instance", "ins_1", "--service", "svc_1", "--key-variable", "LLAMA_API_KEY", "--state", input.stateFile, "--"],
        "/usr/bin/llama-server",
        ...["--model", "/w/a b.gguf", "--alias", "u-1100a15812cc/qwen2", "--host", "127.0.0.1", "--port", "{port}", "--ctx-size", "16384"],
        ...["--parallel", "4", "--threads", "2", "--n-gpu-layers", "0", "--mmproj", "/w/mmproj.gguf", "--jinja"],
      ],
      env: { LLAMA_ARG_CACHE_RAM: "64" },
    });
    const embedder = { ...withGpu, model: { ...spec.model, kind: "embedding" } };
    const { args } = localRun({ ...input, spec: embedder, installed: { ...both, vllm: null }, weights });
    expect(args.slice(-5)).toEqual(["--n-gpu-layers", "999", "--mmproj", "/w/mmproj.gguf", "--embedding"]);
  });

  test("vllm serve", () => {
    const { args, env } = localRun({ ...input, spec: withGpu, installed: both, weights: { path: "/w/Qwen", projectorPath: null } });
    expect(args.slice(args.indexOf("--") + 1)).toEqual([
      ...[
        "/opt/vllm/bin/vllm",
        "serve",
        "/w/Qwen",
        "--served-model-name",
        "u-1100a15812cc/qwen2",
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
      ],
      ...["--max-model-len", "4096", "--max-num-seqs", "4", "--tensor-parallel-size", "2"],
    ]);
    expect(env).toEqual({ HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1" });
  });

  test.each(["--trust-remote-code", "", "a\0b", "-x"])("a name such as %j never becomes a flag", (accessName) => {
    for (const [asked, installed] of [
      [spec, none],
      [spec, both],
      [withGpu, both],
    ] as const) {
      expect(() => localRun({ ...input, spec: { ...asked, accessName }, installed, weights: { path: "/w", projectorPath: null } })).toThrow(
        RangeError,
      );
    }
  });
  test.each(["--chat-template", "model", ""])("weights at %j are refused", (path) => {
    expect(() => localRun({ ...input, spec: withGpu, installed: both, weights: { path, projectorPath: null } })).toThrow(RangeError);
  });
});
