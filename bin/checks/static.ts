import { checkImports } from "./imports.ts";
import { asOne, type Outcome } from "./outcome.ts";
import { runTool } from "./tool.ts";

/** Types, after Next has written those of the routes, which a fresh clone lacks. */
export async function checkTypes(): Promise<Outcome> {
  const generated = await runTool("next/dist/bin/next", ["typegen"], { NEXT_TELEMETRY_DISABLED: "1" });
  return asOne(generated === 0 && (await runTool("typescript/bin/tsc", ["--noEmit", "-p", "tsconfig.json"])) === 0);
}

export async function checkLint(): Promise<Outcome> {
  return asOne((await runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings"])) === 0);
}

export async function checkImportRules(): Promise<Outcome> {
  const { files, violations } = await checkImports();
  for (const { from, to, rule } of violations) console.error(`  ${from} must not import ${to}: ${rule.name} (${rule.comment})`);
  console.log(`  ${files} files, ${violations.length} violations`);
  return asOne(violations.length === 0 && files > 0);
}

/** Files and packages that nothing uses, and packages that are used but not listed. */
export async function checkUnused(): Promise<Outcome> {
  return asOne((await runTool("knip/bin/knip.js", ["--no-progress", "--no-config-hints"])) === 0);
}
