import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodePath } from "./node.mjs";
import { rootDir } from "./paths.mjs";
import { step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { refuseWhileRunning } from "./running.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const built = stamp(join(rootDir, ".next", "hydra-build.sha256"));

/** Everything that `next build` reads. */
const inputs = [
  ...["app", "components", "lib", "i18n", "messages", "public", "prisma/schema"],
  ...["proxy.ts", "instrumentation.ts", "instrumentation-client.ts", "mdx-components.tsx"],
  ...["next.config.ts", "postcss.config.mjs", "tsconfig.json", "package.json", "package-lock.json"],
];

/** Builds the console for production, when one of its inputs has changed. */
export async function ensureConsoleBuild() {
  const hash = await hashOf(inputs, (path) => !/\.test\.tsx?$/.test(path));
  if ((await built.matches(hash)) && existsSync(join(rootDir, ".next", "BUILD_ID"))) return;
  await refuseWhileRunning("the console has to be built again");
  await step("Building the console", async () => {
    await built.clear();
    await runCommand(nodePath(), [join(rootDir, "node_modules", "next", "dist", "bin", "next"), "build"], {
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      failure: "`next build` failed; the lines above say why.",
    });
    await built.write(hash);
  });
}
