import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { createEmptyDatabase } from "#test/database.ts";
import { migrate } from "./migrate.ts";

const migration = "20261120001500_own_language";

test("accounts that stand with English and never chose it have chosen none; all other languages stay", async () => {
  const database = await createEmptyDatabase();
  const dir = await mkdtemp(join(tmpdir(), "hydra-migrations-"));
  const client = new pg.Client({ connectionString: database.url });
  try {
    const shipped = join(rootDir, "prisma", "migrations");
    await cp(shipped, dir, { recursive: true, filter: (path) => !path.includes(migration) });
    await migrate(database.url, dir);
    await client.connect();
    for (const [id, locale] of [
      ["usr_default", "en"],
      ["usr_chose", "en"],
      ["usr_named", "en"],
      ["usr_chinese", "zh"],
    ]) {
      const sql = `INSERT INTO "users" ("id", "email", "name", "locale", "updatedAt") VALUES ($1, $2, 'Ann', $3, now())`;
      await client.query(sql, [id, `${id}@example.com`, locale]);
    }
    for (const [id, changed] of [
      ["usr_chose", "locale"],
      ["usr_named", "name"],
    ]) {
      const sql = `INSERT INTO "audit_events" ("actor", "action", "targetType", "targetId", "data") VALUES ($1, 'user.update', 'user', $1, $2)`;
      await client.query(sql, [id, { changed: [changed] }]);
    }
    expect(await migrate(database.url)).toContain(migration);
    const { rows } = await client.query(`SELECT "id", "locale" FROM "users" ORDER BY "id"`);
    expect(rows).toEqual([
      { id: "usr_chinese", locale: "zh" },
      { id: "usr_chose", locale: "en" },
      { id: "usr_default", locale: null },
      { id: "usr_named", locale: null },
    ]);
  } finally {
    await client.end();
    await rm(dir, { recursive: true, force: true });
    await database.drop();
  }
});
