import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import rules from "../../.dependency-cruiser.mjs";
import { checkImports } from "./imports.ts";

/** For each rule a file that breaks it: its path, and what it says. */
const violations: Record<string, [file: string, content: string][]> = {
  "no-cycles": [
    ["lib/one.ts", `import { two } from "./two.ts";\nexport const one = () => two;`],
    ["lib/two.ts", `import { one } from "./one.ts";\nexport const two = () => one;`],
  ],
  "must-resolve": [["lib/lost.ts", `export { x } from "./nowhere.ts";`]],
  "only-listed-packages": [["lib/unlisted.ts", `import "acorn";`]],
  "tests-are-not-imported": [["lib/uses-test.ts", `import "#test/helper.ts";`]],
  "contracts-know-zod-only": [["lib/contracts/wire.ts", `import "node:fs";`]],
  "browsers-load-zod-mini": [["lib/contracts/whole.ts", `import "zod";`]],
  "errors-know-nothing": [["lib/errors.ts", `import type { Db } from "#lib/db/client.ts";\nexport type E = Db;`]],
  "money-is-pure": [["lib/money/rate.ts", `import "pg";`]],
  "samples-are-pure": [["lib/samples/text.ts", `import "#lib/db/client.ts";`]],
  "lib-knows-no-room": [["lib/reaches-up.ts", `export const load = () => import("#gateway/room.ts");`]],
  "services-know-no-transport": [["lib/services/model/list.ts", `import "next/headers";`]],
  "components-know-contracts-only": [
    ["components/models/card.tsx", `import { x } from "#lib/db/client.ts";\nexport const Card = () => <p>{x}</p>;`],
  ],
  "components-run-in-browsers": [["components/models/reads.tsx", `import "node:path";`]],
  "features-know-no-other": [["components/keys/list.tsx", `import "../models/room.ts";`]],
  "ui-knows-no-feature": [["components/ui/button.tsx", `import "#components/models/room.ts";`]],
  "routes-see-verbs-only": [["app/(console)/page.tsx", `import "#lib/db/client.ts";`]],
  "app-server-knows-lib": [["app/_server/calls.ts", `import "#gateway/room.ts";`]],
  "gateway-knows-lib": [["gateway/reaches.ts", `import "#deployer/room.ts";`]],
  "gateway-database-doors": [["gateway/routes/chat.ts", `import type { x } from "#lib/db/client.ts";\nexport type X = typeof x;`]],
  "deployer-knows-lib": [["deployer/reaches.ts", `import "next";`]],
  "drivers-know-driver-only": [["deployer/drivers/local/driver.ts", `import "#deployer/reconcile/room.ts";`]],
  "plan-and-recipes-are-pure": [["deployer/reconcile/plan.ts", `import "node:fs/promises";`]],
  "engine-stands-alone": [["engine/reaches.ts", `import "#lib/db/client.ts";`]],
};

/** Files that keep every rule, and that the ones above reach for. */
const harmless: [string, string][] = [
  ["lib/db/client.ts", `import "pg";\nexport const x = 1;`],
  ["test/helper.ts", "export {};"],
  ["gateway/room.ts", "export {};"],
  ["gateway/snapshot/load.ts", `import "#lib/db/client.ts";`],
  ["deployer/room.ts", "export {};"],
  ["deployer/reconcile/room.ts", "export {};"],
  ["components/models/room.ts", "export {};"],
  ["lib/services/model/ok.ts", `import "#lib/db/client.ts";`],
  ["lib/services/model/ok.test.ts", `import "#test/helper.ts";`],
];

let dir: string;

async function write(files: [string, string][]): Promise<void> {
  for (const [file, content] of files) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), `${content}\n`);
  }
}

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), "hydra-imports-")));
  await cp(join(rootDir, "package.json"), join(dir, "package.json"));
  await symlink(join(rootDir, "node_modules"), join(dir, "node_modules"));
  await write(harmless);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe("import rules", () => {
  test("files that keep the table have no violation", async () => {
    expect(await checkImports(dir)).toEqual({ files: expect.any(Number), violations: [] });
  });

  test("each rule has a planted violation here", () => {
    expect(Object.keys(violations).sort()).toEqual(rules.forbidden.map((rule) => rule.name).sort());
  });

  test.each(Object.entries(violations))("%s is found", async (rule, files) => {
    await write(files);
    const found = await checkImports(dir);
    await Promise.all(files.map(([file]) => rm(join(dir, file))));
    expect(found.violations.map((violation) => violation.rule.name)).toContain(rule);
    expect(found.violations.map((violation) => violation.from)).toContain(files[0]?.[0]);
  });

  test("a file that cannot be parsed is an error, not a file without imports", async () => {
    await write([["lib/broken.ts", "import {{{"]]);
    await expect(checkImports(dir)).rejects.toThrow(/broken\.ts/);
    await rm(join(dir, "lib/broken.ts"));
  });
});
