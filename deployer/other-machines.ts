import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";

const prefix = "hydra-deployer";
const lookMs = 30_000;

/**
 * The name that a deployer's connection has in the database while it runs: which machine and data directory its instances are
 * on. Several deployers of one data directory are fine. PostgreSQL keeps 63 bytes.
 */
export function deployerName(dataDir: string, host = hostname()): string {
  const key = createHash("sha256").update(`${host}\0${dataDir}`).digest("hex").slice(0, 8);
  return `${prefix} ${key} ${host}`.slice(0, 63);
}

/**
 * Machines of running deployers whose instances are elsewhere than those of `own`, where a region of the machine itself is in
 * use: such a region is one machine's, and each of two would start anew what runs on the other. None where all is well.
 */
export async function findOtherMachines(db: Db, own: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT a."application_name" AS "name" FROM pg_stat_activity a
    WHERE a."datname" = current_database() AND a."application_name" LIKE ${`${prefix} %`} AND a."application_name" <> ${own}
      AND EXISTS (SELECT FROM "regions" r WHERE r."driver" = 'local'
        AND (r."enabled" OR EXISTS (SELECT FROM "model_services" s WHERE s."regionId" = r."id" AND s."deletedAt" IS NULL)))
    ORDER BY 1`;
  return rows.map(({ name }) => name.split(" ").slice(2).join(" "));
}

/** What to say of such machines. */
export function otherMachinesSay(hosts: readonly string[]): string {
  return `another deployer of this database runs on ${hosts.join(", ")}, with a data directory of its own. A region of the machine itself (local) can be one machine's alone: each would start anew what runs on the other`;
}

export const otherMachinesAdvice =
  "End Hydra on one of the two, or give it a database of its own; for several machines use a region on a Kubernetes cluster.";

/** Says it in the log, once for each change. Returns a function that ends it. */
export function watchOtherMachines(deps: { db: Db; logger: Logger; own: string }): () => Promise<void> {
  let said = "";
  const look = async () => {
    try {
      const hosts = await findOtherMachines(deps.db, deps.own);
      if (hosts.join() !== said && hosts.length > 0) deps.logger.error({ hosts }, `${otherMachinesSay(hosts)}. ${otherMachinesAdvice}`);
      said = hosts.join();
    } catch (err) {
      deps.logger.debug({ err }, "could not look for deployers on other machines; next try within 30 s");
    }
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = look();
  }, lookMs);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
