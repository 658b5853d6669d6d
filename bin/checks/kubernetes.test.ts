import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { whyNoKubernetes } from "./kubernetes.ts";

const linux = test.runIf(process.platform === "linux");
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-no-k8s-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Programs of those names, of which only is asked whether they are there. */
async function programs(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(join(dir, folder), { recursive: true });
  for (const name of names) await writeFile(join(dir, folder, name), "#!/bin/sh\n", { mode: 0o755 });
}

/** A machine without a cache, whose way to the outside ends at a closed port. */
function cutOff(): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  const { KUBECONFIG: _, ...env } = process.env;
  return { ...env, HYDRA_K8S_CACHE: dir, http_proxy: nowhere, https_proxy: nowhere };
}

linux("without a way to a control plane it says why, in one line", { timeout: 60_000 }, () => {
  expect(whyNoKubernetes(cutOff())).toMatch(/^testbed: (needs (Debian|root)|Debian's source packages cannot be reached).*$/);
});

linux("what is built already, or a cluster of one's own, is no reason not to", async () => {
  await programs("bin", ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]);
  await programs("path", ["etcd", "curl", "openssl"]);
  const env = cutOff();
  expect(whyNoKubernetes({ ...env, PATH: `${join(dir, "path")}:${env.PATH}` })).toBeNull();
  await rm(join(dir, "bin"), { recursive: true });
  expect(whyNoKubernetes({ ...env, KUBECONFIG: "/some/kubeconfig" })).toBeNull();
});

linux("what goes wrong in another way is not taken for a reason", () => {
  expect(
    whyNoKubernetes({ ...cutOff(), HOME: undefined, HYDRA_K8S_CACHE: undefined, BASH_ENV: join(dir, "none"), PATH: "/nowhere" }),
  ).toBeNull();
});
