import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureConsoleBuild } from "../setup/console-build.mjs";
import { withSetupLock } from "../setup/setup-lock.mjs";
import { ensureChromium } from "./chromium.ts";
import { counted, failureLine, type Outcome } from "./outcome.ts";
import { runTool } from "./tool.ts";

/** Runs Playwright's tests against the production build and real processes. */
export async function runPlaywright(): Promise<Outcome> {
  const chromium = await ensureChromium();
  await withSetupLock(ensureConsoleBuild);
  const dir = await mkdtemp(join(tmpdir(), "hydra-e2e-report-"));
  const report = join(dir, "report.json");
  try {
    const code = await runTool("@playwright/test/cli.js", ["test", "--reporter=list,json"], {
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      HYDRA_E2E_CHROMIUM: chromium,
    });
    return counted(readPlaywrightReport(await readFile(report, "utf8").catch(() => "{}")), code);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The parts of Playwright's JSON report that are read here. */
interface PlaywrightReport {
  stats?: { expected: number; unexpected: number; flaky: number };
  suites?: Suite[];
}

interface Suite {
  suites?: Suite[];
  specs?: { title: string; file: string; tests: { status: string; results: { error?: { message?: string } }[] }[] }[];
}

/** Counts and failures of Playwright's JSON report; a test that passed only when tried again has not passed. */
export function readPlaywrightReport(text: string): Outcome {
  const { stats, suites = [] } = JSON.parse(text) as PlaywrightReport;
  return {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    failures: suites.flatMap(failuresOf),
  };
}

function failuresOf({ suites = [], specs = [] }: Suite): string[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) => failureLine(file, title, results.find(({ error }) => error)?.error?.message)),
  );
  return [...own, ...suites.flatMap(failuresOf)];
}
