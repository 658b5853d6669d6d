import { join } from "node:path";
import { rootDir } from "./paths.mjs";
import { prepare } from "./prepare.mjs";
import { relay } from "./relay.mjs";

/**
 * Prepares the checkout and runs `hydra up` until it ends.
 * @param {string[]} args those of `hydra up`
 * @returns {Promise<number>} its exit code
 */
export async function startHydra(args) {
  const asked = args.includes("--help") || args.includes("-h");
  // The console alone is built.
  await prepare({ build: !asked && !args.includes("--dev") && !args.includes("--gateway-only") });
  return relay(join(rootDir, "bin", "hydra.ts"), ["up", ...args], { ownSession: true });
}
