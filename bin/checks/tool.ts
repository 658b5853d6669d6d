import { spawn } from "node:child_process";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { nodeFlags } from "../setup/node.mjs";

/** Runs a tool of node_modules under this Node with its output shown as it comes, and resolves with its exit code. */
export function runTool(script: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeFlags, join(rootDir, "node_modules", script), ...args], {
      cwd: rootDir,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
