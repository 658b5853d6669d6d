import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readText } from "../installation/private-file.ts";
import { endProcess, isRunning, type ProcessIdentity } from "./process-group.ts";
import type { StopRequest } from "./stop-request.ts";

const limitMs = 10_000;
const stateSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string(), instanceId: z.string(), serviceId: z.string() });

export interface InstanceProcess extends ProcessIdentity {
  instanceId: string;
  serviceId: string;
}

/** The engine processes of an installation that run at this moment, as their state files tell. */
export async function runningInstances(instancesDir: string): Promise<InstanceProcess[]> {
  const names = await readdir(instancesDir).catch(() => []);
  const states = await Promise.all(names.map((name) => readState(join(instancesDir, name, "state.json"))));
  const found = states.filter((state) => state !== null);
  const running = await Promise.all(found.map(isRunning));
  return found.filter((_, index) => running[index]);
}

/** Ends the instances that outlived the deployer, which may itself have crashed during the stop. */
export async function endInstances(instancesDir: string, request: StopRequest): Promise<number> {
  const left = await runningInstances(instancesDir);
  await Promise.all(left.map((instance) => endProcess(instance, "SIGTERM", () => request.limitMs(limitMs))));
  return left.length;
}

async function readState(file: string): Promise<InstanceProcess | null> {
  const text = await readText(file).catch(() => null);
  if (!text) return null;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
