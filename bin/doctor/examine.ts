import type { Config } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { makeDataDir } from "../installation/data-dir.ts";
import { explain } from "../installation/explain.ts";
import { withDatabase } from "../installation/with-database.ts";
import { pendingMigrations } from "../migrations/migrate.ts";
import { checkDeployers } from "./deployers.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { checkInstances } from "./instances.ts";
import { checkRegions } from "./regions.ts";
import { checkDataDir, checkNode, checkProcesses, checkSpace, isHeld } from "./set-up.ts";
import { checkUpstreams } from "./upstreams.ts";
import { checkWeights } from "./weights.ts";

/** Looks at everything that must hold; never throws for what it finds. */
export async function examine(config: Config): Promise<Finding[]> {
  const findings = [checkNode()];
  try {
    await makeDataDir(config.dataDir);
    const running = isHeld(config);
    findings.push(await checkDataDir(config), await checkSpace(config), await checkProcesses(config, running));
  } catch (error) {
    return [...findings, fail("data directory", explain(error), "Correct it, then run `hydra doctor` again.")];
  }
  try {
    findings.push(...(await withDatabase(config, "doctor", (url) => examineDatabase(url, config))));
  } catch (error) {
    findings.push(fail("database", explain(error), "Correct it, then run `hydra doctor` again."));
  }
  return findings;
}

async function examineDatabase(url: string, config: Config): Promise<Finding[]> {
  const findings = [ok("database", config.databaseUrl ? "DATABASE_URL answers" : "the embedded PostgreSQL answers")];
  const pending = await pendingMigrations(url);
  if (pending.length > 0) {
    return [...findings, warn("migrations", `pending: ${pending.join(", ")}`, "Run `hydra migrate`, or `npm start`, which does it.")];
  }
  findings.push(ok("migrations", "all applied"));
  const db = openDatabase(url, { poolSize: 2 });
  try {
    findings.push(await checkWeights(db, config), await checkInstances(db, config), await checkUpstreams(db, config));
    findings.push(await checkDeployers(db, config), ...(await checkRegions(db)));
    for (const { name, says, violations, samples } of await checkInvariants({ db })) {
      findings.push(
        violations === 0
          ? ok(name, says)
          : fail(
              name,
              `${says}: broken ${violations} times, such as ${samples.join(", ")}`,
              "This is a defect; keep a copy of the database.",
            ),
      );
    }
  } finally {
    await db.$disconnect();
  }
  return findings;
}
