import { spawn } from "node:child_process";
import { constants } from "node:os";
import { nodeFlags, nodePath } from "./node.mjs";
import { say } from "./progress.mjs";

const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
const parentCheckMs = 1_000;

/**
 * Runs a TypeScript file under a Node that does so as it is, hands signals on to it, and resolves with its exit code.
 * With `ownSession` the child hears of a terminal's Ctrl-C only through us, and notices our end by the closing channel.
 * @param {string} script
 * @param {string[]} args
 * @param {{ ownSession: boolean, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export async function relay(script, args, options) {
  const child = spawn(nodePath(), [...nodeFlags, script, ...args], {
    env: options.env ?? process.env,
    detached: options.ownSession,
    stdio: options.ownSession ? ["inherit", "inherit", "inherit", "ipc"] : "inherit",
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  if (options.ownSession) endWithNpm(() => child.kill("SIGTERM"));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (...how) => resolve(how));
  });
  if (signal === "SIGKILL" && options.ownSession) {
    say("Hydra's supervisor was killed. What it started still runs; the next `npm start` takes it over.");
  }
  return signal ? 128 + (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0) : code;
}

/**
 * A killed npm tells nobody; whoever started us through npm expects us to end with it.
 * @param {() => void} stop
 */
function endWithNpm(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, parentCheckMs);
  timer.unref();
}
