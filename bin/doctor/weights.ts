import { openWeights } from "#deployer/open-local-driver.ts";
import { toWeightsRef } from "#deployer/weights/ref.ts";
import type { Config } from "#lib/config.ts";
import type { Db } from "#lib/db/client.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { type Finding, fail, ok } from "./finding.ts";

const silent = { info: () => {}, warn: () => {} };
const advice = {
  bundled: "Restore those that come with Hydra from its repository (`git checkout -- models`).",
  import: "Import the others again with `hydra models import`.",
};

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
  const sources = new Set(missing.map((row) => row.source));
  const says = `missing: ${missing.map(({ model, file }) => `${model.slug} (${file})`).join(", ")}`;
  return fail(
    "weights",
    says,
    [sources.has("bundled") ? advice.bundled : "", sources.has("import") ? advice.import : ""].filter(Boolean).join(" "),
  );
}
