import { spawn } from "node:child_process";
import { SetupFailure } from "./failure.mjs";
import { rootDir } from "./paths.mjs";

const shownLines = 40;
const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Runs a program in the checkout with its output kept, and shows the end of that output only where the program fails.
 * A signal to us ends the program first and then us.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, failure: string }} options `failure` is the sentence shown when it fails
 * @returns {Promise<void>}
 */
export async function runCommand(program, args, options) {
  let output = "";
  /** @type {NodeJS.Signals | null} */
  let stopped = null;
  const child = spawn(program, args, { cwd: rootDir, env: options.env ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    stopped = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (stopped) throw new SetupFailure(`Stopped by ${stopped}.`, 130);
    if (code !== 0) throw new SetupFailure(`${lastLines(output)}\n${options.failure}`);
  } catch (error) {
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(`${program} could not be run: ${/** @type {Error} */ (error).message}. ${options.failure}`);
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

/** @param {string} output */
function lastLines(output) {
  return output.trimEnd().split("\n").slice(-shownLines).join("\n");
}
