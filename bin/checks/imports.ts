import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import { rootDir } from "#lib/config.ts";
import rules from "../../.dependency-cruiser.mjs";

/** Folders and files of ours that the import table speaks of. */
const rooms = ["app", "components", "lib", "gateway", "deployer", "engine", "bin", "prisma", "test", "e2e", "bench", "proxy.ts", "i18n"];

export interface ImportViolation {
  rule: { name: string; comment: string };
  from: string;
  to: string;
}

export interface ImportReport {
  files: number;
  violations: ImportViolation[];
}

/** Holds the imports of a checkout against the table of docs/architecture.md. Throws where a file cannot be parsed. */
export async function checkImports(baseDir: string = rootDir): Promise<ImportReport> {
  const { options, forbidden } = rules;
  const present = rooms.filter((room) => existsSync(join(baseDir, room)));
  const { enhancedResolveOptions, ...cruiseOptions } = options;
  const settings = { ...cruiseOptions, baseDir, validate: true, ruleSet: { forbidden } } as ICruiseOptions;
  const { output } = await cruise(present, settings, enhancedResolveOptions);
  const { summary } = output as ICruiseResult;
  const comments = new Map<string, string>(forbidden.map(({ name, comment }) => [name, comment]));
  const violations = summary.violations.map(({ rule: { name }, from, to }) => ({
    rule: { name, comment: comments.get(name) ?? "" },
    from,
    to,
  }));
  return { files: summary.totalCruised, violations };
}
