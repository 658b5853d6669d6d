import type { Obstacle } from "../driver.ts";

/** What one instance takes of the machine. */
export interface Needs {
  memoryBytes: number;
  /** Thousandths of a core. */
  cpuMilli: number;
  gpuCount: number;
  /** Part of the name that the GPUs must have; null: any. */
  gpuModel: string | null;
}

/** What a running instance was given. */
export interface Claim {
  memoryBytes: number;
  cpuMilli: number;
  /** UUIDs of its GPUs. */
  gpus: readonly string[];
}

export interface RunningClaim extends Claim {
  /** What it takes of its memory already, so that the machine's own count no longer has it. */
  usedBytes: number;
}

export interface Gpu {
  uuid: string;
  name: string;
  memoryBytes: number;
}

export interface Machine {
  /** Memory that new processes can have at this moment, by the system's word. */
  availableBytes: number;
  /** Thousandths of a core that may be promised in all. */
  cpuMilli: number;
  gpus: readonly Gpu[];
}

/** Free memory is told in steps of this, so that what is said does not change at every look. */
const stepBytes = 64 * 1024 * 1024;

/** Whether one more instance fits beside those that run: the GPUs it gets, or what there is too little of. Pure. */
export function roomFor(needs: Needs, machine: Machine, running: readonly RunningClaim[]): { gpus: string[] } | { obstacle: Obstacle } {
  const stillToCome = sum(running.map((claim) => Math.max(0, claim.memoryBytes - claim.usedBytes)));
  const freeBytes = Math.max(0, machine.availableBytes - stillToCome);
  if (needs.memoryBytes > freeBytes) return tooLittle("memory", needs.memoryBytes, Math.floor(freeBytes / stepBytes) * stepBytes);
  const freeMilli = machine.cpuMilli - sum(running.map((claim) => claim.cpuMilli));
  if (needs.cpuMilli > freeMilli) return tooLittle("cpu", needs.cpuMilli, Math.max(0, freeMilli));
  const taken = new Set(running.flatMap((claim) => claim.gpus));
  const free = machine.gpus.filter((gpu) => !taken.has(gpu.uuid) && suits(gpu, needs));
  if (needs.gpuCount > free.length) return tooLittle("gpu", needs.gpuCount, free.length);
  return { gpus: free.slice(0, needs.gpuCount).map((gpu) => gpu.uuid) };
}

/** What the `insufficient_capacity` of a page says. */
export function tooLittle(resource: "memory" | "cpu" | "gpu", needs: number, free: number): { obstacle: Obstacle } {
  return { obstacle: { reason: "insufficient_capacity", data: { resource, needs, free } } };
}

function suits(gpu: Gpu, { gpuModel, gpuCount, memoryBytes }: Needs): boolean {
  const named = gpuModel === null || gpu.name.toLowerCase().includes(gpuModel.toLowerCase());
  return named && gpu.memoryBytes * gpuCount >= memoryBytes;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
