import { createInterface } from "node:readline/promises";
import { withImportLock } from "#deployer/weights/import-lock.ts";
import { findUnused, type PruneResult, removeUnused, type UnusedWeights } from "#deployer/weights/prune.ts";
import { toWeightsRef, type WeightsRef, wholeRepository } from "#deployer/weights/ref.ts";
import { parseConfig } from "#lib/config.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";
import { formatBytes } from "./bytes.ts";
import { modelsDir } from "./store.ts";

export const pruneCommand: Command = {
  name: "models prune",
  summary: "Remove downloads and imports that no model and no service refers to any more; lists them and asks first",
  usage: "hydra models prune [--yes] [--json]",
  options: {
    yes: { type: "boolean", says: "Remove without asking" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const folder = modelsDir(parseConfig(env));
    const refs = () => asOperator(env, ({ db }) => readRefs(db));
    return withImportLock(
      folder,
      async () => {
        const unused = await findUnused(folder, await refs());
        if (!values.json) for (const line of listing(unused, folder)) console.log(line);
        const agreed = unused.length > 0 && (values.yes === true || (!values.json && (await asked())));
        const result = agreed ? await removeUnused(folder, unused, refs) : { removed: [], busy: [] };
        if (values.json) console.log(JSON.stringify(report(unused, result)));
        else if (unused.length > 0) console.log(agreed ? done(result) : "Nothing was removed. `hydra models prune --yes` removes it.");
        return 0;
      },
      () => console.error("Waiting for an import or another prune to end."),
    );
  },
};

/** What models of any workspace, and services that are not deleted, run on; also what vLLM would take of a model's maker. */
async function readRefs(db: Parameters<Parameters<typeof asOperator>[1]>[0]["db"]): Promise<WeightsRef[]> {
  const models = await db.model.findMany({
    where: { OR: [{ deletedAt: null }, { services: { some: { deletedAt: null } } }] },
    select: { repository: true, weights: true },
  });
  return models.flatMap(({ repository, weights }) => [
    ...(weights ? [toWeightsRef(weights)] : []),
    ...(repository === null ? [] : [wholeRepository(repository)]),
  ]);
}

function listing(unused: readonly UnusedWeights[], folder: string): string[] {
  if (unused.length === 0) return [`Everything in ${folder} is of use.`];
  const width = Math.max(...unused.map((one) => formatBytes(one.bytes).length));
  const lines = unused.map((one) => `${formatBytes(one.bytes).padStart(width)}  ${one.folder} (${counted(one.files.length)})`);
  return [`No model and no service refers to these in ${folder}:`, ...lines, `${formatBytes(bytesOf(unused))} in all.`];
}

/** Nobody is asked who cannot answer: then it is a list alone. */
async function asked(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question("Remove them? [y/N] ")).trim());
  } finally {
    lines.close();
  }
}

function done({ removed, busy }: PruneResult): string {
  const skipped = busy.length === 0 ? "" : ` Left alone, because it is being downloaded: ${busy.join(", ")}.`;
  return `Removed ${counted(removed.flatMap((one) => one.files).length)}, ${formatBytes(bytesOf(removed))}.${skipped}`;
}

function report(unused: readonly UnusedWeights[], { removed, busy }: PruneResult) {
  return { unused, unusedBytes: bytesOf(unused), removed, removedBytes: bytesOf(removed), busy };
}

function bytesOf(folders: readonly UnusedWeights[]): number {
  return folders.reduce((total, one) => total + one.bytes, 0);
}

function counted(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}
