#!/usr/bin/env node
import { join } from "node:path";
import { rootDir } from "./setup/paths.mjs";
import { prepare } from "./setup/prepare.mjs";
import { relay } from "./setup/relay.mjs";
import { runMain } from "./setup/run-main.mjs";

await runMain(async () => {
  await prepare({ build: true });
  return relay(join(rootDir, "e2e", "shots", "main.ts"), process.argv.slice(2), { ownSession: false });
});
