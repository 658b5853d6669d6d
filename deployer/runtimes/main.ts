import { randomBytes } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { processStartTime } from "#lib/process-identity.ts";
import { openDoor } from "./door.ts";
import { parseOptions, type RuntimeOptions } from "./options.ts";
import { startProgram } from "./program.ts";

/** Running calls get so long after SIGTERM. */
const drainMs = 10_000;

/**
 * An instance of the local driver whose model is served by another program, such as llama-server or vLLM. Towards deployer and
 * gateway it behaves as the engine does: state file, bearer, nonce, draining. It ends with its program, and its program with it.
 */
async function main(options: RuntimeOptions): Promise<void> {
  // Nobody but this process learns it: the program's own port cannot be used past the bearer.
  const key = randomBytes(24).toString("hex");
  const { HYDRA_INSTANCE_TOKEN: _token, HYDRA_INSTANCE_NONCE: _nonce, ...env } = process.env;
  const program = await startProgram(options.program, { ...env, [options.keyVariable]: key });
  let stopping = false;
  void program.ended.then((how) => {
    if (stopping) return;
    process.stderr.write(`${options.program.file} ended by itself (${how})\n`);
    process.exit(typeof how === "number" && how !== 0 ? how : 1);
  });
  const { bearer, nonce, instanceId } = options;
  const door = await openDoor({ bearer, nonce, instanceId, target: { port: program.port, key } });
  await writeState(options, door.port);
  // `once`: a second SIGTERM finds no handler and ends the process at once, and its program with it.
  process.once("SIGTERM", async () => {
    stopping = true;
    await door.drain(drainMs);
    await program.stop();
    process.exit(0);
  });
}

/** Tells the deployer where this process listens. Written whole or not at all. */
async function writeState({ stateFile, nonce, instanceId, serviceId }: RuntimeOptions, port: number): Promise<void> {
  const { pid } = process;
  const content = JSON.stringify({ pid, startedAt: await processStartTime(pid), port, nonce, instanceId, serviceId });
  await writeFile(`${stateFile}.${pid}`, `${content}\n`, { mode: 0o600 });
  await rename(`${stateFile}.${pid}`, stateFile);
}

try {
  await main(parseOptions(process.argv.slice(2), process.env));
} catch (error) {
  process.stderr.write(`runtime: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
