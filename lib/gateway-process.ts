import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One of a machine's gateway processes, as it tells of itself once it listens. */
export interface GatewayProcess {
  pid: number;
  port: number;
  /** Of its figures and probes, on loopback. */
  metricsPort: number;
}

const fileName = "process.json";

/** Tells of a gateway in its own folder; whoever has the folder next writes over it. */
export async function noteGateway(dir: string, gateway: GatewayProcess): Promise<void> {
  const file = join(dir, fileName);
  await writeFile(`${file}.new`, JSON.stringify(gateway), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** What the gateway of that process id has told of itself; null before it listens. */
export async function findGateway(dataDir: string, pid: number): Promise<GatewayProcess | null> {
  const folders = join(dataDir, "gateway");
  for (const name of await readdir(folders).catch(() => [])) {
    const text = await readFile(join(folders, name, fileName), "utf8").catch(() => "{}");
    const told = JSON.parse(text) as Partial<GatewayProcess>;
    if (told.pid === pid) return told as GatewayProcess;
  }
  return null;
}
