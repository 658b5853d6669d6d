import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const include = "{app,components,lib,gateway,deployer,engine,bin,prisma,test}/**/*.test.{ts,tsx}";

/** A test that starts a database or other processes says so by what it imports. */
const slow = /#test\/database|databaseUrl|node:child_process|\/testing\/|postgres\/cluster/;

const files = globSync(include, { cwd: import.meta.dirname });
const slowFiles = files.filter((file) => slow.test(readFileSync(new URL(file, import.meta.url), "utf8")));
const fastFiles = files.filter((file) => !slowFiles.includes(file));

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: a few workers keep real processes from starving each other.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "fast", include: fastFiles } },
      { extends: true, test: { name: "real", include: slowFiles, globalSetup: ["test/global-setup.ts"] } },
    ],
  },
});
