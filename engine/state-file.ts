import { rename, writeFile } from "node:fs/promises";
import { processStartTime } from "#lib/process-identity.ts";

export interface StateFile {
  port: number;
  nonce: string;
  instanceId: string;
  serviceId: string;
}

/**
 * Tells the deployer where this process listens. Written whole or not at all. It stays after the exit: pid and start time
 * say whether it is still true.
 */
export async function writeStateFile(path: string, state: StateFile): Promise<void> {
  const { pid } = process;
  const content = JSON.stringify({ pid, startedAt: await processStartTime(pid), ...state });
  const temporary = `${path}.${pid}`;
  await writeFile(temporary, `${content}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
