import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";

const tools = [
  { command: "nginx", args: ["-v"], install: "apt-get install nginx-light" },
  { command: "wrk", args: ["-v"], install: "apt-get install wrk" },
  { command: "taskset", args: ["--version"], install: "apt-get install util-linux" },
  { command: "cc", args: ["--version"], install: "apt-get install gcc libc6-dev" },
];

/** The machine and the versions of everything that is measured, one line each. Throws with what is missing and how to get it. */
export async function describeMachine(): Promise<string[]> {
  const lines: string[] = [];
  const missing: string[] = [];
  for (const { command, args, install } of tools) {
    // wrk tells its version with a failing status.
    const told = await runCommand(command, args, 5).catch((error: { code?: unknown; stdout?: string; stderr?: string }) =>
      error.code === "ENOENT" ? null : `${error.stdout}${error.stderr}`,
    );
    if (told === null) missing.push(`${command}: not found. On Debian: ${install}`);
    else lines.push(told.split("\n")[0] ?? command);
  }
  if (process.platform !== "linux") missing.push("Linux: processor time is read from /proc");
  if (missing.length > 0) throw new Error(`The benchmark needs what this machine does not have:\n${missing.join("\n")}`);
  const all = cpus();
  lines.push(`Portkey gateway ${portkeyVersion()}`, `Node ${process.version}`);
  lines.push(`${all.length} × ${all[0]?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`);
  return lines;
}

function portkeyVersion(): string {
  const file = join(import.meta.dirname, "../node_modules/@portkey-ai/gateway/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Compiles one of our C programs into a folder; returns its path. */
export async function compile(source: string, dir: string): Promise<string> {
  const target = join(dir, source.replace(/.*\//, "").replace(/\.c$/, ""));
  await runCommand("cc", ["-O2", "-o", target, join(import.meta.dirname, source)], 60);
  return target;
}
