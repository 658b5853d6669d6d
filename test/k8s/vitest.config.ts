import { defineConfig } from "vitest/config";

/** One file after the other: they share one cluster, and each pod is two processes. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/k8s/**/*.k8s.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    globalSetup: ["test/global-setup.ts"],
  },
});
