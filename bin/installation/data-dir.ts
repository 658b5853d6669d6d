import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

/** Where things stand below the data directory. */
export function dataPaths(dataDir: string) {
  const run = join(dataDir, "run");
  return {
    run,
    logs: join(dataDir, "logs"),
    instances: join(dataDir, "instances"),
    lock: join(run, "lock"),
    up: join(run, "up.json"),
    children: join(run, "children.json"),
    deployer: join(run, "deployer.json"),
    secret: join(dataDir, "secret"),
    setupToken: join(dataDir, "setup-token"),
    installationId: join(dataDir, "installation-id"),
    postgres: join(dataDir, "postgres"),
    compileCache: join(dataDir, "cache", "node"),
  };
}

/** Makes the data directory, closed to other users, and proves that it can be written. */
export async function makeDataDir(dataDir: string): Promise<void> {
  const paths = dataPaths(dataDir);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    for (const dir of [paths.run, paths.logs, paths.instances]) await mkdir(dir, { recursive: true, mode: 0o700 });
    const probe = join(paths.run, `probe.${process.pid}`);
    await (await open(probe, "w", 0o600)).close();
    await rm(probe, { force: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw new Refusal(`The data directory ${dataDir} cannot be written. Set HYDRA_DATA_DIR to one that you own, or correct its owner.`, {
        cause,
      });
    }
    if (code === "ENOTDIR" || code === "EEXIST") {
      throw new Refusal(`The data directory ${dataDir} is a file, or lies below one. Set HYDRA_DATA_DIR to a directory.`, { cause });
    }
    throw cause;
  }
}
