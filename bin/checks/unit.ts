import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { rootDir } from "#lib/config.ts";
import { counted, failureLine, type Outcome } from "./outcome.ts";
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

/** The parts of Vitest's JSON report that are read here. */
interface VitestReport {
  numPassedTests?: number;
  numFailedTests?: number;
  testResults?: FileResult[];
}

interface FileResult {
  /** Path of the file. */
  name: string;
  status: string;
  /** Why the file itself failed. */
  message?: string;
  assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
}

/** Counts and failures of Vitest's JSON report. */
export function readReport(text: string): Outcome {
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = JSON.parse(text) as VitestReport;
  return { passed: numPassedTests, failed: numFailedTests, failures: testResults.flatMap(failuresOf) };
}

function failuresOf({ name, status, message, assertionResults }: FileResult): string[] {
  const file = relative(rootDir, name);
  const tests = assertionResults.filter((test) => test.status === "failed");
  if (tests.length === 0) return status === "failed" ? [failureLine(file, "", message)] : [];
  return tests.map(({ fullName, failureMessages }) => failureLine(file, fullName, failureMessages?.[0]));
}
