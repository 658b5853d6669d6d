import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rootDir } from "./paths.mjs";

/**
 * SHA-256 over the names and contents of files and folders below the checkout; what does not exist counts as absent.
 * @param {string[]} entries paths relative to the checkout
 * @param {(path: string) => boolean} [wanted]
 * @param {string} [base]
 */
export async function hashOf(entries, wanted = () => true, base = rootDir) {
  const files = (await Promise.all(entries.map((entry) => filesBelow(base, entry)))).flat().filter(wanted).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(base, file))));
  const hash = createHash("sha256");
  files.forEach((file, index) => {
    const content = /** @type {Buffer} */ (contents[index]);
    hash.update(`${file}\0${content.length}\0`).update(content);
  });
  return hash.digest("hex");
}

/**
 * @param {string} base
 * @param {string} entry
 * @returns {Promise<string[]>}
 */
async function filesBelow(base, entry) {
  try {
    const children = await readdir(join(base, entry), { withFileTypes: true });
    const nested = await Promise.all(
      children.map((child) => {
        const path = `${entry}/${child.name}`;
        return child.isDirectory() ? filesBelow(base, path) : [path];
      }),
    );
    return nested.flat();
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOTDIR") return [entry];
    if (code === "ENOENT") return [];
    throw error;
  }
}

/**
 * A file that says from which inputs something was made. It is taken away before the work and written after it, so that
 * a killed run leaves nothing that looks finished.
 * @param {string} file absolute path
 */
export function stamp(file) {
  return {
    /** @param {string} hash */
    async matches(hash) {
      return (await readFile(file, "utf8").catch(() => "")).trim() === hash;
    },
    clear: () => rm(file, { force: true }),
    /** @param {string} hash */
    async write(hash) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${hash}\n`);
    },
  };
}
