import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { createEmptyDatabase, type EmptyDatabase } from "#test/database.ts";
import { readSchema, schemaDiff } from "./engine.ts";
import { migrate } from "./migrate.ts";

let migrated: EmptyDatabase;
let declared: EmptyDatabase;

/** What Prisma's schema says of a table, one line each. */
const catalogs = {
  columns: `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`,
  enums: `SELECT t.typname || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) AS line
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname`,
  indexes: `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  keys: `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') AND conrelid::regclass::text <> '_prisma_migrations'`,
};

async function lines(url: string, sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ line: string }>(sql)).rows.map((row) => row.line).sort();
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  migrated = await createEmptyDatabase();
  declared = await createEmptyDatabase();
  await migrate(migrated.url);
  const sql = await schemaDiff(declared.url, null, await readSchema(join(rootDir, "prisma", "schema")));
  const client = new pg.Client({ connectionString: declared.url });
  await client.connect();
  await client.query(sql);
  await client.end();
});

afterAll(async () => {
  await migrated.drop();
  await declared.drop();
});

describe("the migrations make what the Prisma schema declares", () => {
  test.each(["columns", "enums", "keys"] as const)("%s are the same", async (kind) => {
    const wanted = await lines(declared.url, catalogs[kind]);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await lines(migrated.url, catalogs[kind])).toEqual(wanted);
  });

  test("each declared index is there; partial ones, which Prisma cannot say, come on top", async () => {
    const wanted = await lines(declared.url, catalogs.indexes);
    const made = await lines(migrated.url, catalogs.indexes);
    expect(wanted.length).toBeGreaterThan(0);
    expect(made).toEqual(expect.arrayContaining(wanted));
    expect(made.filter((line) => !wanted.includes(line)).filter((line) => !line.includes(" WHERE "))).toEqual([]);
  });
});
