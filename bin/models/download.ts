import { setTimeout as sleep } from "node:timers/promises";
import { recordFacts } from "#deployer/weights/record-facts.ts";
import { toWeightsRef, type WeightsRef } from "#deployer/weights/ref.ts";
import type { WeightsStatus, WeightsStore } from "#deployer/weights/store.ts";
import { type Config, parseConfig } from "#lib/config.ts";
import { AppError } from "#lib/errors.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";
import { formatBytes } from "./bytes.ts";
import { openStore } from "./store.ts";

const lookMs = 500;

export const downloadCommand: Command = {
  name: "models download",
  summary: "Download what a model runs on before it is deployed; one that was cut short goes on where it was",
  usage: "hydra models download <model> [--json]",
  options: {
    model: {
      type: "string",
      value: "<model>",
      says: "Its name in the catalog, as `models list` shows it",
      required: true,
      positional: true,
    },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const ref = await asOperator(env, (ctx) => weightsOf(ctx.db, String(values.model)));
    const status = await downloaded(parseConfig(env), ref);
    if (status.state !== "ready") throw new AppError("upstream_error", reasonOf(status, String(values.model)));
    if (ref.source === "hub") await asOperator(env, ({ db }) => recordFacts(db, ref, status));
    if (values.json) console.log(JSON.stringify({ path: status.path, sizeBytes: status.sizeBytes }));
    else console.log(`${formatBytes(status.sizeBytes)} in ${status.path}`);
    return 0;
  },
};

async function weightsOf(db: Parameters<Parameters<typeof asOperator>[1]>[0]["db"], slug: string): Promise<WeightsRef> {
  const model = await db.model.findFirst({ where: { slug, deletedAt: null }, include: { weights: true } });
  if (!model) throw new AppError("not_found", `There is no model ${slug}. \`hydra models list\` shows all.`);
  if (model.weights) return toWeightsRef(model.weights);
  throw new AppError(
    "model_not_available",
    `Hydra knows no file that runs ${slug}. \`hydra models import <file> --model ${slug}\` gives it one.`,
  );
}

async function downloaded(config: Config, ref: WeightsRef): Promise<Exclude<WeightsStatus, { state: "absent" | "downloading" }>> {
  const store = openStore(config);
  const stop = () => void store.close().finally(() => process.exit(130));
  process.once("SIGINT", stop);
  try {
    return await untilSettled(store, ref);
  } finally {
    process.removeListener("SIGINT", stop);
    await store.close();
  }
}

async function untilSettled(store: WeightsStore, ref: WeightsRef): Promise<Exclude<WeightsStatus, { state: "absent" | "downloading" }>> {
  store.fetch(ref);
  for (let told = ""; ; ) {
    const status = await store.status(ref);
    if (status.state === "ready" || status.state === "failed") return status;
    const line = status.state === "downloading" && status.doneBytes > 0 ? progress(status) : "";
    // To standard error, so that standard output holds the result alone.
    if (line !== told && line !== "") console.error(line);
    told = line;
    await sleep(lookMs);
  }
}

function progress({ doneBytes, totalBytes, bytesPerSecond }: Extract<WeightsStatus, { state: "downloading" }>): string {
  const of = totalBytes === null ? "" : ` of ${formatBytes(totalBytes)}`;
  return `${formatBytes(doneBytes)}${of}, ${formatBytes(bytesPerSecond)}/s`;
}

function reasonOf({ reason, data }: Extract<WeightsStatus, { state: "failed" }>, slug: string): string {
  if (reason === "disk_full") {
    return `The disk is too full: it needs ${formatBytes(Number(data.needsBytes))}, ${formatBytes(Number(data.freeBytes))} are free.`;
  }
  if (reason !== "weights_missing") return String(data.detail);
  return `The file ${data.file} is missing, and nothing downloads it: \`hydra models import <file> --model ${slug}\` gives it back.`;
}
