import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { InstalledPrograms } from "../recipes/local-run.ts";

/** Which of the programs that can take the engine's place are on the path. */
export async function findInstalled(path: string | undefined): Promise<InstalledPrograms> {
  const [llamaServer, vllm] = await Promise.all(["llama-server", "vllm"].map((name) => find(name, path ?? "")));
  return { llamaServer: llamaServer ?? null, vllm: vllm ?? null };
}

async function find(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    // A relative part would mean another folder for each process.
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs && (await stat(file)).isFile()) return file;
  }
  return null;
}
