#!/usr/bin/env node
import { join } from "node:path";
import { rootDir } from "./setup/paths.mjs";
import { prepare } from "./setup/prepare.mjs";
import { relay } from "./setup/relay.mjs";
import { runMain } from "./setup/run-main.mjs";
import { startHydra } from "./setup/start-hydra.mjs";

await runMain(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === "up") return startHydra(args);
  await prepare({ build: false });
  return relay(join(rootDir, "bin", "hydra.ts"), process.argv.slice(2), { ownSession: false });
});
