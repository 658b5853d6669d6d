import { say } from "../setup/progress.mjs";
import { endProcess, isRunning } from "./process-group.ts";
import type { ProcessList } from "./process-list.ts";

const limitMs = 10_000;

/**
 * Ends what a killed `hydra up` left running, so that its ports are free. The deployer gets SIGTERM, which leaves the
 * instances alone: they serve on, and the new deployer adopts them.
 */
export async function endLeftovers(list: ProcessList): Promise<string[]> {
  const listed = await list.read();
  const ended = await Promise.all(
    listed.map(async ({ name, ...identity }) => {
      if (!(await isRunning(identity))) return null;
      await endProcess(identity, "SIGTERM", () => limitMs);
      return name;
    }),
  );
  list.clear();
  const names = ended.filter((name) => name !== null).sort();
  if (names.length > 0) say(`  ✓ Ended what the last run left: ${names.join(", ")}`);
  return names;
}
