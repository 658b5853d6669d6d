import { ensureConsoleBuild } from "./console-build.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { SetupFailure } from "./failure.mjs";
import { ensurePrismaClient } from "./prisma-client.mjs";
import { withSetupLock } from "./setup-lock.mjs";

const oldestNode = 20;

/**
 * Brings the checkout to where Hydra can run from it: packages, database client and, where asked for, the console's build.
 * @param {{ build: boolean }} options
 */
export async function prepare(options) {
  if (Number(process.versions.node.split(".")[0]) < oldestNode) {
    throw new SetupFailure(`Hydra needs Node ${oldestNode} or newer to start; this is ${process.version}.`);
  }
  await withSetupLock(async () => {
    await ensureDependencies();
    await ensurePrismaClient();
    if (options.build) await ensureConsoleBuild();
  });
}
