import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Machine, type Needs, type RunningClaim, roomFor } from "./capacity.ts";
import { parseGpus, readGpus, readMachine } from "./machine.ts";

const gib = 1024 ** 3;
const gpu = (number: number, name = "NVIDIA A100-SXM4-80GB") => ({ uuid: `GPU-${number}`, name, memoryBytes: 80 * gib });
const machine: Machine = { availableBytes: 10 * gib, cpuMilli: 8_000, gpus: [gpu(1), gpu(2), gpu(3, "NVIDIA L4")] };
const needs = (change: Partial<Needs> = {}): Needs => ({ memoryBytes: 4 * gib, cpuMilli: 1_000, gpuCount: 0, gpuModel: null, ...change });
const running = (change: Partial<RunningClaim> = {}): RunningClaim => ({
  memoryBytes: 4 * gib,
  cpuMilli: 1_000,
  gpus: [],
  usedBytes: 4 * gib,
  ...change,
});

describe("room for one more", () => {
  const cases: [string, Needs, RunningClaim[], unknown][] = [
    ["an empty machine", needs(), [], { gpus: [] }],
    ["what runs has its memory already, and the system does not count it as available", needs(), [running(), running()], { gpus: [] }],
    [
      "what runs will take more of what it was given",
      needs(),
      [running({ usedBytes: 0 }), running({ usedBytes: 0.5 * gib })],
      { resource: "memory", needs: 4 * gib, free: 2.5 * gib },
    ],
    [
      "one that took more than it was given frees nothing",
      needs({ memoryBytes: 11 * gib }),
      [running({ usedBytes: 9 * gib })],
      { resource: "memory", needs: 11 * gib, free: 10 * gib },
    ],
    ["cores", needs({ cpuMilli: 3_001 }), [running({ cpuMilli: 5_000 })], { resource: "cpu", needs: 3_001, free: 3_000 }],
    ["more cores promised than there are", needs(), [running({ cpuMilli: 9_000 })], { resource: "cpu", needs: 1_000, free: 0 }],
    ["GPUs that nobody has", needs({ gpuCount: 2 }), [running({ gpus: ["GPU-1"] })], { gpus: ["GPU-2", "GPU-3"] }],
    ["too few of them", needs({ gpuCount: 2, gpuModel: "a100" }), [running({ gpus: ["GPU-1"] })], { resource: "gpu", needs: 2, free: 1 }],
    ["of the wrong kind", needs({ gpuCount: 1, gpuModel: "H100" }), [], { resource: "gpu", needs: 1, free: 0 }],
  ];
  test.each(cases)("%s", (_, wanted, claims, expected) => {
    const found = roomFor(wanted, machine, claims);
    expect("obstacle" in found ? found.obstacle.data : found).toEqual(expected);
  });
});

describe("what the machine has", () => {
  test("memory and cores of this one, within its limits", async () => {
    const { availableBytes, cpuMilli } = await readMachine();
    expect(availableBytes).toBeGreaterThan(0);
    expect(availableBytes).toBeLessThanOrEqual(process.availableMemory() + 64 * 1024 * 1024);
    expect(cpuMilli % 8_000).toBe(0);
  });

  test("GPUs by the program's own words; what it says else is none", async () => {
    expect(parseGpus("GPU-0a1b-2c, NVIDIA A100-SXM4-80GB, 81920\nNo devices were found\n")).toEqual([
      { uuid: "GPU-0a1b-2c", name: "NVIDIA A100-SXM4-80GB", memoryBytes: 80 * gib },
    ]);
    const dir = await mkdtemp(join(tmpdir(), "hydra-gpus-"));
    try {
      const program = join(dir, "nvidia-smi");
      await writeFile(program, '#!/bin/sh\necho "NVIDIA-SMI has failed"\n');
      await chmod(program, 0o755);
      expect(await readGpus(program)).toEqual([]);
      await writeFile(program, '#!/bin/sh\n[ "$1" = "--query-gpu=uuid,name,memory.total" ] && echo "GPU-ab12, NVIDIA L4, 23034"\n');
      expect(await readGpus(program)).toEqual([{ uuid: "GPU-ab12", name: "NVIDIA L4", memoryBytes: 23_034 * 1024 * 1024 }]);
      expect(await readGpus(join(dir, "none"))).toEqual([]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
