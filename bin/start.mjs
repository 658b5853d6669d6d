#!/usr/bin/env node
import { runMain } from "./setup/run-main.mjs";
import { startHydra } from "./setup/start-hydra.mjs";

await runMain(() => startHydra(process.argv.slice(2)));
