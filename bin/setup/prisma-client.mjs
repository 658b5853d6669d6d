import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodePath } from "./node.mjs";
import { rootDir } from "./paths.mjs";
import { step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const generated = stamp(join(rootDir, "node_modules", ".hydra", "prisma.sha256"));

/** Generates the database client, when the schema or the generator has changed. */
export async function ensurePrismaClient() {
  const hash = await hashOf(["prisma/schema", "prisma.config.ts", "package-lock.json"]);
  if ((await generated.matches(hash)) && existsSync(join(rootDir, "prisma", "generated", "client.ts"))) return;
  await step("Generating the database client", async () => {
    await generated.clear();
    const node = nodePath();
    const env = {
      ...process.env,
      // Without it the CLI downloads a schema engine, which generating never runs: any executable will do.
      PRISMA_SCHEMA_ENGINE_BINARY: node,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    };
    await runCommand(node, [join(rootDir, "node_modules", "prisma", "build", "index.js"), "generate"], {
      env,
      failure: "`prisma generate` failed; the lines above say why.",
    });
    await generated.write(hash);
  });
}
