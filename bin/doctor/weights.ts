import { openWeights } from "#deployer/open-local-driver.ts";
import { toWeightsRef } from "#deployer/weights/ref.ts";
import type { Config } from "#lib/config.ts";
import type { Db } from "#lib/db/client.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { type Finding, fail, ok } from "./finding.ts";

const silent = { info: () => {}, warn: () => {} };
const restore = "Restore what comes with Hydra from its repository (`git checkout -- models`).";

/** Weights that nobody downloads must lie where the deployer looks for them; those of a hub come when they are needed. */
export async function checkWeights(db: Db, config: Config): Promise<Finding> {
  const rows = await db.modelWeights.findMany({
    where: { source: { not: "hub" }, model: { deletedAt: null } },
    include: { model: { select: { slug: true } } },
    orderBy: { id: "asc" },
  });
  const store = openWeights(config.dataDir, createHubs(config), silent);
  const missing: typeof rows = [];
  for (const row of rows) if ((await store.status(toWeightsRef(row))).state !== "ready") missing.push(row);
  await store.close();
  if (missing.length === 0) return ok("weights", `of ${rows.map(({ model }) => model.slug).join(", ") || "no model"} are here`);
  const says = `missing: ${missing.map(({ model, file }) => `${model.slug} (${file})`).join(", ")}`;
  const imports = missing.flatMap(({ source, model }) =>
    source === "import" ? [`\`hydra models import <file> --model ${model.slug}\``] : [],
  );
  const advice = [
    missing.some(({ source }) => source === "bundled") ? restore : "",
    imports.length > 0 ? `Import again: ${imports.join(", ")}.` : "",
  ];
  return fail("weights", says, advice.filter((one) => one !== "").join(" "));
}
