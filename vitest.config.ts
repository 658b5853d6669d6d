import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const include = "{app,components,lib,gateway,deployer,engine,bin,prisma,test}/**/*.test.{ts,tsx}";

/** A test that starts a database or other processes says so by what it mentions; `npm run check` leaves it to `npm test`. */
const real = /#test\/database|databaseUrl|node:child_process|\/testing\/|startCluster/;

const files = globSync(include, { cwd: import.meta.dirname });
const realFiles = files.filter((file) => real.test(readFileSync(join(import.meta.dirname, file), "utf8")));
const fastFiles = files.filter((file) => !realFiles.includes(file));

/** Next's folder names, such as `(console)` and `[id]`, mean something in a glob. */
function literal(file: string): string {
  return file.replace(/[()[\]{}!*?]/g, "\\$&");
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: a few workers keep real processes from starving each other.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "fast", include: fastFiles.map(literal) } },
      { extends: true, test: { name: "real", include: realFiles.map(literal), globalSetup: ["test/global-setup.ts"] } },
    ],
  },
});
