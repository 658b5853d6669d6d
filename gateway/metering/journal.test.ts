import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogger } from "#lib/observability/logger.ts";
import { Journal, readLeftJournal, type Traces } from "./journal.ts";

const logger = createLogger("test", { level: "silent", format: "json" });
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-journal-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const files = async () => (await readdir(dir)).sort();
const sizeOf = async (name = "") => (await stat(join(dir, name))).size;
const line = (text: string) => JSON.stringify({ kind: "progress", requestId: text, tokens: { input: 0, cached: 0, output: 1 }, atMs: 0 });

test("a file of 8 MB is followed by another, and is emptied and used again when its last call is settled", async () => {
  const journal = new Journal(dir, { logger });
  const early: Traces = [];
  const late: Traces = [];
  journal.add(line("early"), early);
  for (let count = 0; count < 9; count++) journal.add(line("x".repeat(1024 * 1024)), late);
  await journal.flush();
  journal.add(line("late"), late);
  await journal.flush();
  expect(await files()).toHaveLength(2);
  const [first, second] = await files();
  journal.forget(late);
  expect(await sizeOf(first)).toBeGreaterThan(8 * 1024 * 1024);
  journal.forget(early);
  await expect.poll(() => sizeOf(first)).toBe(0);
  // Two more, as the current one is full again by the first of them.
  for (const text of ["again", "anew"]) {
    for (let count = 0; count < 9; count++) journal.add(line(`${text}${"x".repeat(1024 * 1024)}`), late);
    await journal.flush();
  }
  expect(await files()).toEqual([first, second]);
  const left = await readLeftJournal(dir, logger);
  expect(left.lines.map((one) => one.kind === "progress" && one.requestId.slice(0, 5))).toEqual([
    ...Array(9).fill("anewx"),
    "late",
    ...Array(9).fill("again"),
  ]);
  journal.forget(late);
  await journal.close();
  await expect.poll(files).toEqual([]);
});

test("what is open stays and is read again, in order; a line that was cut off, and another file, are left out", async () => {
  const journal = new Journal(dir, { logger });
  for (const text of ["one", "two", "three"]) journal.add(line(text), []);
  await journal.close();
  const [name] = await files();
  await writeFile(join(dir, String(name)), `${await readFile(join(dir, String(name)), "utf8")}{"kind":"prog`);
  await writeFile(join(dir, "id"), "gtw_1");
  const left = await readLeftJournal(dir, logger);
  expect(left.lines.map((one) => one.kind === "progress" && one.requestId)).toEqual(["one", "two", "three"]);
  await left.drop();
  expect(await files()).toEqual(["id"]);
});

test("a file that cannot even be made loses no line, and is made as soon as it can be", async () => {
  await rm(dir, { recursive: true });
  const journal = new Journal(dir, { logger });
  const traces: Traces = [];
  journal.add(line("one"), traces);
  await journal.flush();
  expect(journal.failing).toBe(true);
  await mkdir(dir);
  await journal.flush();
  expect(journal.failing).toBe(false);
  journal.add(line("two"), traces);
  await journal.close();
  expect((await readLeftJournal(dir, logger)).lines).toHaveLength(2);
});
