import { realpath } from "node:fs/promises";
import { deployerName, findOtherMachines, otherMachinesAdvice, otherMachinesSay } from "#deployer/other-machines.ts";
import type { Config } from "#lib/config.ts";
import type { Db } from "#lib/db/client.ts";
import { type Finding, fail, ok } from "./finding.ts";

/** Regions of the machine itself are one machine's. */
export async function checkDeployers(db: Db, config: Pick<Config, "dataDir">): Promise<Finding> {
  const hosts = await findOtherMachines(db, deployerName(await realpath(config.dataDir)));
  if (hosts.length === 0) return ok("deployers", "none runs on another machine");
  return fail("deployers", otherMachinesSay(hosts), otherMachinesAdvice);
}
