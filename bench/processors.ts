import { availableParallelism } from "node:os";
import { runCommand } from "./run-command.ts";

const count = availableParallelism();

/**
 * What is measured has a processor of its own, the last; load, upstream and database share the others. Else the system moves
 * them about, and each side's figure depends on who ran beside it. Null where there is one processor alone.
 */
export const processors =
  count > 1 ? { measured: String(count - 1), others: count > 2 ? `0-${count - 2}` : "0", all: `0-${count - 1}` } : null;

/** Puts a process with all its threads on these processors; what it starts from then on goes there too. */
export async function place(pid: number, on: keyof NonNullable<typeof processors>): Promise<void> {
  if (processors) await runCommand("taskset", ["-acp", processors[on], String(pid)], 5);
}

/** A command line that runs on the processor of what is measured. */
export function onMeasured(command: string, args: string[]): { command: string; args: string[] } {
  return processors ? { command: "taskset", args: ["-c", processors.measured, command, ...args] } : { command, args };
}
