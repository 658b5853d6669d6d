import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootDir, variables } from "#lib/config.ts";

test("the README lists every variable, with its default", async () => {
  const readme = await readFile(join(rootDir, "README.md"), "utf8");
  const section = readme.slice(readme.indexOf("## Variables"), readme.indexOf("## Layout"));
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` \| (.*?) \|/gm)].map(([, name, standard]) => [name, standard] as const);
  expect(rows.map(([name]) => name)).toEqual(Object.keys(variables.shape));
  const defaults = variables.parse({});
  for (const [name, standard] of rows) {
    const value = defaults[name as keyof typeof defaults];
    if (value === undefined || Array.isArray(value)) continue;
    expect(standard, name).toBe(`\`${value}\``);
  }
});
