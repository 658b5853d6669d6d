import { randomBytes } from "node:crypto";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { lockFile } from "#deployer/weights/places.ts";
import { tryFileLock } from "#lib/file-lock.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { ggufFile, textModel } from "#test/gguf.ts";
import { createModel, createService } from "#test/services-factory.ts";
import { runCli } from "../cli/run.ts";
import { type Ended, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { modelsCommands } from "./commands.ts";

let database: TestDatabase;
let dir: TemporaryDataDir;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  dir = await temporaryDataDir();
});
afterEach(() => dir.remove());

async function hydra(...args: string[]): Promise<Ended> {
  const [log, error] = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
  const said = (spy: typeof log) => spy.mock.calls.map(([line]) => `${line}\n`).join("");
  for (const spy of [log, error]) spy.mockImplementation(() => {});
  try {
    const code = await runCli(modelsCommands, ["models", ...args], {
      NODE_ENV: "test",
      HYDRA_DATA_DIR: dir.path,
      DATABASE_URL: database.url,
    });
    return { code, stdout: said(log), stderr: said(error) };
  } finally {
    for (const spy of [log, error]) spy.mockRestore();
  }
}

const inStore = (file: string) => join(dir.path, "models", file);
const isThere = (file: string) =>
  access(inStore(file)).then(
    () => true,
    () => false,
  );

async function put(...files: string[]): Promise<string[]> {
  for (const file of files) {
    await mkdir(dirname(inStore(file)), { recursive: true });
    await writeFile(inStore(file), randomBytes(1_000));
  }
  return files;
}

/** A model of nobody's workspace on a file of a hub. */
async function hubModel(repository: string, file: string, projectorFile: string | null = null): Promise<string> {
  const modelId = await createModel(database.db, null);
  const place = { source: "hub", hub: "huggingface", repository, revision: "main", file, projectorFile, format: "gguf" } as const;
  await database.db.modelWeights.create({ data: { id: newId("wts"), modelId, ...place } });
  return modelId;
}

async function remaining(files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(files.map(isThere));
  return files.filter((_, index) => there[index]);
}

test("what no model and no service refers to is listed first, and removed once that is agreed to", async () => {
  const hub = "hub/huggingface";
  await hubModel("a/split", "x-00001-of-00002.gguf", "mmproj.gguf");
  // A model that was deleted while a service still runs on it, and one that nothing runs on any more.
  const [leaving, gone] = [await hubModel("a/leaving", "m.gguf"), await hubModel("a/gone", "m.gguf")];
  await database.db.model.updateMany({ where: { id: { in: [leaving, gone] } }, data: { deletedAt: new Date() } });
  await createService(database.db, { modelId: leaving });
  const serviceOfGone = await createService(database.db, { modelId: gone });
  await database.db.modelService.update({
    where: { id: serviceOfGone },
    data: { wanted: "deleted", state: "deleted", deletedAt: new Date() },
  });

  const needed = await put(
    ...[`${hub}/a/split/main/x-00001-of-00002.gguf`, `${hub}/a/split/main/x-00002-of-00002.gguf.partial`],
    ...[`${hub}/a/split/main/x-00002-of-00002.gguf.partial.of`, `${hub}/a/split/main/mmproj.gguf`],
    `${hub}/a/leaving/main/m.gguf`,
    // What vLLM takes of a catalog model's maker.
    ...[`${hub}/microsoft/phi-4/main/config.json`, `${hub}/microsoft/phi-4/main/.complete`],
    // Not the store's own.
    ...["own/model.gguf", "note.txt"],
  );
  const unused = await put(
    ...[`${hub}/a/split/main/other.gguf`, `${hub}/a/split/main/.plan-0123456789abcdef.json`],
    ...[`${hub}/a/split/v1/x-00001-of-00002.gguf`, `${hub}/a/gone/main/m.gguf`, "hub/modelscope/a/split/main/x-00001-of-00002.gguf"],
    ...["imports/0123456789abcdef0123/old.gguf", "imports/.incoming-abc/half.gguf"],
  );
  const listed = await hydra("prune");
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was removed. `hydra models prune --yes` removes it.") });
  expect(listed.stdout).toMatch(/^No model and no service refers to these in .*:\n/);
  expect(listed.stdout).toContain(`2.0 kB  ${hub}/a/split/main (2 files)\n`);
  expect(listed.stdout).toContain("7.0 kB in all.");
  expect(await remaining([...needed, ...unused])).toEqual([...needed, ...unused]);

  const removed = await hydra("prune", "--yes");
  expect(removed).toMatchObject({ code: 0, stdout: expect.stringMatching(/Removed 7 files, 7\.0 kB\.\n$/) });
  expect(await remaining([...needed, ...unused])).toEqual(needed);
  // Nor are empty folders left.
  expect(await remaining([`${hub}/a/gone`, `${hub}/a/split/v1`, "hub/modelscope", "imports/0123456789abcdef0123"])).toEqual([]);
  expect((await hydra("prune", "--yes")).stdout).toMatch(/^Everything in .* is of use\.\n$/);
});

test("an import is of use as long as its model is; one that is under way is waited for", async () => {
  const file = "imports/0123456789abcdef0123/m.gguf";
  await put(file);
  await mkdir(inStore("locks"), { recursive: true });
  // What an import has copied, whose row is not written yet.
  const lock = tryFileLock(inStore("locks/imports.lock"));
  expect(lock).not.toBeNull();
  const pruning = hydra("prune", "--yes");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isThere(file)).toBe(true);
  const modelId = await createModel(database.db, null);
  await database.db.modelWeights.create({ data: { id: newId("wts"), modelId, source: "import", file, format: "gguf" } });
  lock?.release();
  expect(await pruning).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("is of use."),
    stderr: "Waiting for an import or another prune to end.\n",
  });
  expect(await isThere(file)).toBe(true);
  await database.db.model.update({ where: { id: modelId }, data: { deletedAt: new Date() } });
  const { removed, removedBytes } = JSON.parse((await hydra("prune", "--yes", "--json")).stdout);
  expect([removed, removedBytes]).toEqual([[{ folder: "imports/0123456789abcdef0123", files: [file], bytes: 1_000 }], 1_000]);
  expect(await isThere(file)).toBe(false);
});

test("an import holds what a prune waits for", async () => {
  const home = await mkdtemp(join(tmpdir(), "hydra-prune-"));
  try {
    await writeFile(join(home, "m.gguf"), ggufFile(textModel));
    await mkdir(inStore("locks"), { recursive: true });
    const lock = tryFileLock(inStore("locks/imports.lock"));
    const importing = hydra("import", join(home, "m.gguf"));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await isThere("imports")).toBe(false);
    lock?.release();
    expect(await importing).toMatchObject({ code: 0, stderr: expect.stringContaining("Waiting for another import or prune to end.") });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("a folder that somebody downloads into is left alone", async () => {
  const files = await put("hub/huggingface/b/new/main/m.gguf.partial", "hub/huggingface/b/old/main/m.gguf");
  const file = lockFile(inStore(""), { hub: "huggingface", repository: "b/new", revision: "main" });
  await mkdir(dirname(file), { recursive: true });
  const lock = tryFileLock(file);
  expect(lock).not.toBeNull();
  const { stdout } = await hydra("prune", "--yes");
  expect(stdout).toContain("Left alone, because it is being downloaded: hub/huggingface/b/new/main.");
  expect(await remaining(files)).toEqual(files.slice(0, 1));
  lock?.release();
  await hydra("prune", "--yes");
  expect(await remaining(files)).toEqual([]);
});
