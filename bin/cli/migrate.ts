import { parseConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { seed } from "#prisma/seed.ts";
import { withDatabase } from "../installation/with-database.ts";
import { migrate } from "../migrations/migrate.ts";
import type { Command } from "./command.ts";

export const migrateCommand: Command = {
  name: "migrate",
  summary: "Bring the database to this version's schema and catalog; does nothing where it is there already",
  usage: "hydra migrate [--json]",
  options: { json: { type: "boolean", says: "Print the result as JSON" } },
  async run({ values, env }) {
    const config = parseConfig(env);
    const applied = await withDatabase(config, "migrate", async (url) => {
      const names = await migrate(config.databaseDirectUrl ?? url);
      const db = openDatabase(url, { poolSize: 2 });
      await seed(db).finally(() => db.$disconnect());
      return names;
    });
    if (values.json) console.log(JSON.stringify({ applied }));
    else console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "The database is up to date.");
    return 0;
  },
};
