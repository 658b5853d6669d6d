import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "#lib/config.ts";
import { readSchema, type SchemaFile, schemaDiff } from "./engine.ts";

const run = promisify(execFile);
const schemaDir = "prisma/schema";

/**
 * Writes a new migration with the SQL that takes the committed schema files to those of the work tree, and returns the
 * file's path relative to the checkout; null where they agree.
 * @param url any PostgreSQL; nothing in it is read or changed
 * @param name lower-case words joined by `_`
 */
export async function draftMigration(url: string, name: string, now: Date): Promise<string | null> {
  const sql = await schemaDiff(url, await committedSchema(), await readSchema(join(rootDir, schemaDir)));
  if (sql === "") return null;
  const stamp = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join("prisma", "migrations", `${stamp}_${name}`);
  await mkdir(join(rootDir, folder), { recursive: true });
  const file = join(folder, "migration.sql");
  await writeFile(join(rootDir, file), `${sql}\n`, { flag: "wx" });
  return file;
}

async function committedSchema(): Promise<SchemaFile[]> {
  const git = async (...args: string[]) => (await run("git", args, { cwd: rootDir })).stdout;
  const names = (await git("ls-tree", "--name-only", "HEAD", `${schemaDir}/`)).split("\n").filter((name) => name.endsWith(".prisma"));
  return Promise.all(names.sort().map(async (path) => ({ path, content: await git("show", `HEAD:${path}`) })));
}
