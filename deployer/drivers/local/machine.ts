import { execFile } from "node:child_process";
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Gpu, Machine } from "./capacity.ts";

const run = promisify(execFile);

const mebibyte = 1024 * 1024;
/** Left to the system and to our own processes. */
const keptBytes = 256 * mebibyte;
/** Cores are shared: an idle engine uses none, so that each may be promised so often. Memory and GPUs are promised once. */
const promisesPerCore = 8;
/** GPUs are neither added nor lost while a machine runs, but for a broken one. */
const gpusLifeMs = 60_000;
const answerLimitMs = 5_000;

let known: { at: number; gpus: Promise<Gpu[]> } | null = null;

/** What this machine has for instances at this moment, within the limits that the system has set for this process. */
export async function readMachine(): Promise<Machine> {
  if (!known || performance.now() - known.at > gpusLifeMs) known = { at: performance.now(), gpus: readGpus() };
  return {
    availableBytes: Math.max(0, process.availableMemory() - keptBytes),
    cpuMilli: availableParallelism() * 1_000 * promisesPerCore,
    gpus: await known.gpus,
  };
}

/** GPUs by nvidia-smi; none where there is no such program, or it finds none. */
export async function readGpus(program = "nvidia-smi"): Promise<Gpu[]> {
  try {
    const args = ["--query-gpu=uuid,name,memory.total", "--format=csv,noheader,nounits"];
    return parseGpus((await run(program, args, { timeout: answerLimitMs })).stdout);
  } catch {
    return [];
  }
}

/** Lines of `nvidia-smi --query-gpu=uuid,name,memory.total --format=csv,noheader,nounits`; memory in MiB. */
export function parseGpus(text: string): Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [, uuid, name, memory] = /^\s*(GPU-[0-9a-fA-F-]+)\s*,\s*(.+?)\s*,\s*(\d+)\s*$/.exec(line) ?? [];
    return uuid && name && memory ? [{ uuid, name, memoryBytes: Number(memory) * mebibyte }] : [];
  });
}

/** Memory that a process holds; null where that cannot be told, then it counts as all that it was given. */
export async function usedBytesOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024 + memoryFilesOf(pid);
}

/**
 * What a process keeps in files that are memory, as an engine does with earlier prompts: it is not among its own pages. Not handed
 * to other threads: the kernel answers each in a microsecond.
 */
function memoryFilesOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  let bytes = 0;
  try {
    for (const descriptor of readdirSync(folder)) {
      const path = join(folder, descriptor);
      if (readlinkSync(path).startsWith("/dev/shm/")) bytes += statSync(path).size;
    }
  } catch {
    // It ended meanwhile, or closed one of them.
  }
  return bytes;
}
