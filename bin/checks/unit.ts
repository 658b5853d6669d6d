import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted, type Outcome } from "./outcome.ts";
import { runTool } from "./tool.ts";

/** Runs Vitest's tests: all of them, or those that need neither a database nor other processes. */
export async function runVitest(options: { fastOnly: boolean }): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), "hydra-vitest-"));
  const report = join(dir, "report.json");
  try {
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await runTool("vitest/vitest.mjs", options.fastOnly ? [...args, "--project=fast"] : args);
    return counted(readReport(await readFile(report, "utf8").catch(() => "{}")), code);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Counts of Vitest's JSON report. */
export function readReport(text: string): Outcome {
  const { numPassedTests = 0, numFailedTests = 0 } = JSON.parse(text) as { numPassedTests?: number; numFailedTests?: number };
  return { passed: numPassedTests, failed: numFailedTests };
}
