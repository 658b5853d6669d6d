import { toWeightsRef } from "#deployer/weights/ref.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";
import { formatBytes } from "./bytes.ts";
import { openStore } from "./store.ts";

export const listCommand: Command = {
  name: "models list",
  summary: "List all models with what they run on, and whether that is on this machine",
  usage: "hydra models list [--json]",
  options: { json: { type: "boolean", says: "Print the result as JSON" } },
  async run({ values, env }) {
    const models = await asOperator(env, async (ctx, config) => {
      const store = openStore(config);
      const rows = await ctx.db.model.findMany({
        where: { deletedAt: null },
        include: { weights: true, workspace: { select: { name: true } } },
        orderBy: [{ sortOrder: "asc" }, { slug: "asc" }],
      });
      return Promise.all(
        rows.map(async ({ slug, weights, workspace }) => {
          const status = weights ? await store.status(toWeightsRef(weights)) : null;
          const from = weights && (weights.repository ? `${weights.repository}/${weights.file}` : weights.file);
          const sizeBytes = status?.state === "ready" ? status.sizeBytes : weights?.sizeBytes ? Number(weights.sizeBytes) : null;
          return {
            slug,
            workspace: workspace?.name ?? null,
            source: weights?.source ?? null,
            from,
            sizeBytes,
            here: status?.state === "ready",
          };
        }),
      );
    });
    if (values.json) {
      console.log(JSON.stringify({ items: models }));
      return 0;
    }
    const rows = models.map((model) => [model.slug, model.workspace ?? "all", words(model), size(model.sizeBytes), model.from ?? "—"]);
    for (const line of table([["MODEL", "FOR", "WEIGHTS", "SIZE", "FROM"], ...rows])) console.log(line);
    if (models.some((model) => model.source === null)) console.log(`\n${advice}`);
    return 0;
  },
};

const advice =
  "What has nothing to run gets it by `hydra models import <file> --model <model>`, is offered from elsewhere by `hydra upstreams add`, or runs on a cluster.";

function words({ source, here }: { source: string | null; here: boolean }): string {
  if (source === null) return "nothing to run";
  if (here) return "here";
  return source === "hub" ? "not downloaded" : "missing";
}

function size(bytes: number | null): string {
  return bytes === null ? "—" : formatBytes(bytes);
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
