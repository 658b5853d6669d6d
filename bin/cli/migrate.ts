import { type Config, parseConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { seed } from "#prisma/seed.ts";
import { withDatabase } from "../installation/with-database.ts";
import { draftMigration } from "../migrations/draft.ts";
import { migrate } from "../migrations/migrate.ts";
import { type Command, UsageError } from "./command.ts";

export const migrateCommand: Command = {
  name: "migrate",
  summary: "Bring the database to this version's schema and catalog; does nothing where it is there already",
  usage: "hydra migrate [--draft <name>] [--json]",
  options: {
    draft: {
      type: "string",
      value: "<name>",
      says: "For developers: write a migration for the schema's changes since the last commit, and apply nothing",
    },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const config = parseConfig(env);
    if (typeof values.draft === "string") return draft(config, values.draft);
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

async function draft(config: Config, name: string): Promise<number> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new UsageError("--draft: a name of lower-case words joined by _, such as add_quota");
  const file = await withDatabase(config, "migrate", (url) => draftMigration(url, name, new Date()));
  console.log(file ? `Wrote ${file}. Read its SQL, and add what Prisma cannot say.` : "The schema has not changed since the last commit.");
  return 0;
}
