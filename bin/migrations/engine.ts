import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";

const require = createRequire(import.meta.url);

let loaded: Promise<void> | undefined;

/** The glue holds one instance for the whole process. */
async function load(): Promise<void> {
  const bytes = await readFile(join(require.resolve("@prisma/schema-engine-wasm"), "..", "schema_engine_bg.wasm"));
  const imports = { "./schema_engine_bg.js": glue as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

export interface SchemaFile {
  path: string;
  content: string;
}

/** The `*.prisma` files of a folder, sorted by name. */
export async function readSchema(dir: string): Promise<SchemaFile[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(".prisma")).sort();
  return Promise.all(names.map(async (name) => ({ path: name, content: await readFile(join(dir, name), "utf8") })));
}

/**
 * SQL that takes a database with the schema `from` (null: an empty one) to the schema `to`; empty where they agree.
 * Runs Prisma's schema engine in its WebAssembly build, so nothing is downloaded. It compares files, because reading a
 * live PostgreSQL 18 fails in this build ("Column type 'char' could not be deserialized"); `url` is any server it may
 * ask for its version.
 */
export async function schemaDiff(url: string, from: SchemaFile[] | null, to: SchemaFile[]): Promise<string> {
  loaded ??= load();
  await loaded;
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const datamodels = to.map((file): [string, string] => [file.path, file.content]);
  const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, adapter);
  const { stdout } = await engine.diff({
    from: from ? { tag: "schemaDatamodel", files: from } : { tag: "empty" },
    to: { tag: "schemaDatamodel", files: to },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  const sql = (stdout ?? "").trim();
  return sql === "-- This is an empty migration." ? "" : sql;
}
