import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Output of a command that ends by itself. Throws where it fails or takes longer than told. */
export async function runCommand(command: string, args: string[], seconds: number, env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await execute(command, args, {
    timeout: seconds * 1_000,
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, ...env },
  });
  return `${stdout}${stderr}`;
}
