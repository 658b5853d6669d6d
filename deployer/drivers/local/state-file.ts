import { readFile } from "node:fs/promises";
import { z } from "zod";

const engineState = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  nonce: z.string(),
  instanceId: z.string(),
  serviceId: z.string(),
});

/** What an engine writes beside its log once it listens. */
export type EngineState = z.infer<typeof engineState>;

/** The engine's own word on where it listens; null where it has not said, or what stands there is no such word. */
export async function readEngineState(file: string): Promise<EngineState | null> {
  try {
    return engineState.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}
