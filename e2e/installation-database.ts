import type { Installation } from "./fixtures.ts";

/** Where the PostgreSQL of the installation under test is reached. */
export async function databaseUrl({ dataDir }: Pick<Installation, "dataDir">): Promise<string> {
  const { runningClusterUrl } = await import("../bin/postgres/cluster.ts");
  const { clusterDir } = await import("../bin/installation/database.ts");
  const url = await runningClusterUrl(await clusterDir(dataDir));
  if (!url) throw new Error("The installation's PostgreSQL does not run.");
  return url;
}
