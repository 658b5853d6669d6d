import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { createEmptyDatabase, type EmptyDatabase } from "#test/database.ts";
import { migrate, pendingMigrations } from "./migrate.ts";

let database: EmptyDatabase;
let dir: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  dir = await mkdtemp(join(tmpdir(), "hydra-migrations-"));
});

afterEach(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, "migration.sql"), sql);
}

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    return rows.map((row) => row.name).filter((name) => name !== "_prisma_migrations");
  } finally {
    await client.end();
  }
}

describe("migrate", () => {
  test("applies all that is shipped, and nothing the second time", async () => {
    const shipped = (await readdir(join(rootDir, "prisma", "migrations"), { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(await pendingMigrations(database.url)).toHaveLength(shipped.length);
    expect(await migrate(database.url)).toEqual(shipped.map((entry) => entry.name).sort());
    expect(await migrate(database.url)).toEqual([]);
    expect(await pendingMigrations(database.url)).toEqual([]);
  });

  test("two that start at once apply each migration once", async () => {
    await write("1_first", "CREATE TABLE first ()");
    const both = await Promise.all([migrate(database.url, dir), migrate(database.url, dir)]);
    expect(both.flat()).toEqual(["1_first"]);
  });

  test("one that fails leaves nothing of itself, and what came before stays", async () => {
    await write("1_first", "CREATE TABLE first ()");
    await write("2_broken", "CREATE TABLE second (); SELECT nonsense");
    await expect(migrate(database.url, dir)).rejects.toThrow(/^Migration 2_broken failed: column "nonsense" does not exist/);
    expect(await tables()).toEqual(["first"]);
    await write("2_broken", "CREATE TABLE second ()");
    expect(await migrate(database.url, dir)).toEqual(["2_broken"]);
  });

  test("a file that changed after it was applied is refused", async () => {
    await write("1_first", "CREATE TABLE first ()");
    await migrate(database.url, dir);
    await write("1_first", "CREATE TABLE first (id int)");
    await expect(migrate(database.url, dir)).rejects.toThrow(/1_first was changed after it had been applied/);
  });
});
