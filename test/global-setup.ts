import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "#bin/migrations/migrate.ts";
import { startCluster } from "#bin/postgres/cluster.ts";
import { openDatabase } from "#lib/db/client.ts";
import { seed } from "#prisma/seed.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

/** One PostgreSQL for the whole run; its database `hydra`, migrated and seeded, is the template that tests copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), "hydra-test-"));
  const cluster = await startCluster({ dir, durable: false, maxConnections: 300 });
  await migrate(cluster.url);
  const db = openDatabase(cluster.url, { poolSize: 2 });
  await seed(db);
  await db.$disconnect();
  const admin = new pg.Client({ connectionString: cluster.url.replace(/hydra$/, "postgres") });
  await admin.connect();
  await admin.query("ALTER DATABASE hydra WITH IS_TEMPLATE true");
  await admin.end();
  project.provide("databaseUrl", cluster.url);
  return async () => {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
