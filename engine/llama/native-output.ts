import { closeSync, openSync, rmSync, writeSync } from "node:fs";

const nowhere = "/dev/null";

/**
 * The binding prints to the process's standard output by itself, on every request and in the middle of other lines, and no
 * option stops it. So file descriptor 1 is pointed at nowhere for the native code, and the engine's own log goes to a copy of
 * the real one. Must run before anything writes to standard output.
 *
 * Returns the descriptor that the log writes to. On Linux a socket cannot be opened again; then it is 1, and the log is mixed.
 */
export function separateStandardOutput(): number {
  const copy = copyDescriptor(1);
  if (copy === null) return 1;
  replaceDescriptor(1, nowhere);
  return copy;
}

/**
 * Runs `work` with standard error going to a file, for the hundreds of lines that llama.cpp prints while it loads or ends. The file is
 * removed when the work succeeds. It stays when the work fails, and also when it kills the process, which the binding does
 * for most weights that it cannot load.
 */
export async function withStandardErrorIn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const copy = copyDescriptor(2);
  if (copy === null) return work();
  rmSync(path, { force: true });
  replaceDescriptor(2, path);
  try {
    const result = await work();
    rmSync(path, { force: true });
    return result;
  } finally {
    replaceDescriptor(2, `/dev/fd/${copy}`);
    closeSync(copy);
  }
}

/** Points standard error at nowhere: the part of llama.cpp that reads images prints the prompts that stand around them. */
export function silenceStandardError(): void {
  replaceDescriptor(2, nowhere);
}

/** Writes one line to standard error, past Node's buffers, so that it is out before the process ends. */
export function printError(line: string): void {
  writeSync(2, `${line}\n`);
}

function copyDescriptor(descriptor: number): number | null {
  try {
    return openSync(`/dev/fd/${descriptor}`, "a");
  } catch {
    return null;
  }
}

/** Opening takes the lowest free number, which is the one just closed: Node has no dup2. */
function replaceDescriptor(descriptor: number, path: string): void {
  closeSync(descriptor);
  const opened = openSync(path, "a");
  if (opened !== descriptor) throw new Error(`descriptor ${descriptor} became ${opened}`);
}
