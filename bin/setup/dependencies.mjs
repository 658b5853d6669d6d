import { basename, join } from "node:path";
import { rootDir } from "./paths.mjs";
import { step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { refuseWhileRunning } from "./running.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const installed = stamp(join(rootDir, "node_modules", ".hydra", "dependencies.sha256"));

/** Installs what package-lock.json lists, when that file has changed since the last time. */
export async function ensureDependencies() {
  const hash = await hashOf(["package-lock.json"]);
  if (await installed.matches(hash)) return;
  await refuseWhileRunning("its dependencies have changed");
  await step("Installing dependencies", async () => {
    await installed.clear();
    const [program, ...prefix] = npmCommand();
    // Development and optional packages are needed whatever NODE_ENV says: Node itself is an optional one.
    const args = ["ci", "--include=dev", "--include=optional", "--no-fund", "--no-audit", "--loglevel=error"];
    await runCommand(/** @type {string} */ (program), [...prefix, ...args], {
      failure: "`npm ci` failed. Check the network and the free disk space, then start again.",
    });
    await installed.write(hash);
  });
}

/**
 * The npm that runs us, with the Node it runs on: our own Node may be the one in node_modules, which `npm ci` replaces.
 * @returns {string[]}
 */
function npmCommand() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script && node && /^npm(-cli)?\.c?js$/.test(basename(script)) ? [node, script] : ["npm"];
}
