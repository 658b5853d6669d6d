import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";

/** Content of a private file (mode 0600), which is made with `make()` where it does not exist yet; two at once agree. */
export async function readOrMake(file: string, make: () => string): Promise<string> {
  const known = await readText(file);
  if (known) return known;
  const work = `${file}.${randomUUID()}`;
  await writeFile(work, `${make()}\n`, { mode: 0o600 });
  try {
    await link(work, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(work, { force: true });
  }
  const made = await readText(file);
  if (made) return made;
  throw new Error(`${file} is empty. Delete it, then start again; what it kept is made anew.`);
}

/** Replaces a private file in one step, so that a reader never sees half of it. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const work = `${file}.${randomUUID()}`;
  await writeFile(work, text, { mode: 0o600 });
  await rename(work, file);
}

/** The trimmed text of a file; null where there is none. */
export async function readText(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
