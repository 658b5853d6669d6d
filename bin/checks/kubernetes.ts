import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { Refusal } from "../installation/refusal.ts";
import { counted, type Outcome } from "./outcome.ts";
import { runTool } from "./tool.ts";
import { readReport } from "./unit.ts";

const needsDebian = "Set KUBECONFIG to a cluster for tests: a control plane of their own can only be brought up on Debian, as root.";
const testbed = join(rootDir, "test", "k8s", "testbed.sh");

/** What test/k8s/testbed.sh ends with where this machine cannot have a cluster; anything else is a failure. */
const cannot = 77;

/**
 * Why the tests cannot be run here: no `KUBECONFIG`, and no control plane can be built (not Debian, not root, its packages out
 * of reach). Null where they can; whatever goes wrong from there on is a failure.
 */
export function whyNoKubernetes(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.KUBECONFIG) return null;
  if (process.platform !== "linux") return needsDebian;
  const { status, stdout } = spawnSync("bash", [testbed, "can"], { env, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  return status === cannot ? stdout.trim() : null;
}

/** Runs the Kubernetes driver's tests on the cluster that `KUBECONFIG` names, else on one that is brought up and ended here. */
export async function runKubernetes(): Promise<Outcome> {
  const given = process.env.KUBECONFIG;
  if (given) return runTests(given);
  try {
    return await runTests(bringUp());
  } finally {
    spawnSync("bash", [testbed, "down"], { stdio: "inherit" });
  }
}

function bringUp(): string {
  if (process.platform !== "linux") {
    throw new Refusal(needsDebian);
  }
  const { status, stdout } = spawnSync("bash", [testbed, "up"], { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  if (status === 0) return stdout.trim();
  throw new Refusal("No Kubernetes to test with (why, is said above). Set KUBECONFIG to a cluster for tests to use that one.");
}

async function runTests(kubeconfig: string): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), "hydra-k8s-report-"));
  const report = join(dir, "report.json");
  try {
    const args = ["run", "--config", "test/k8s/vitest.config.ts", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await runTool("vitest/vitest.mjs", args, { KUBECONFIG: kubeconfig });
    return counted(readReport(await readFile(report, "utf8").catch(() => "{}")), code);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
