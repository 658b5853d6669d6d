import { basename, resolve } from "node:path";
import { z } from "zod";
import { type ImportedWeights, importWeights } from "#deployer/weights/import.ts";
import { withImportLock } from "#deployer/weights/import-lock.ts";
import { ImportError } from "#deployer/weights/import-sources.ts";
import { parseConfig } from "#lib/config.ts";
import { AppError } from "#lib/errors.ts";
import { type ImportInput, importModel } from "#lib/services/models/import-model.ts";
import { asOperator, userByEmail } from "../admin/context.ts";
import { emailOf, parsed } from "../admin/values.ts";
import { type Command, type CommandInput, UsageError } from "../cli/command.ts";
import { formatBytes } from "./bytes.ts";
import { modelsDir } from "./store.ts";

type Values = CommandInput["values"];

export const importCommand: Command = {
  name: "models import",
  summary: "Copy a GGUF file, or a folder with one model, into the store and offer it; for machines without internet",
  usage:
    "hydra models import <file|folder> [--model <model> | --email <address>] [--name <name>] [--licence <name>] [--context <tokens>] [--json]",
  options: {
    path: {
      type: "string",
      value: "<file|folder>",
      says: "Of a split model the first part, or the folder of all",
      required: true,
      positional: true,
    },
    model: { type: "string", value: "<model>", says: "It is what this model of the catalog runs on (default: a new model)" },
    email: { type: "string", value: "<address>", says: "The user whose workspace alone sees the new model (default: everybody sees it)" },
    name: { type: "string", value: "<name>", says: "What screens call the new model (default: as the file says)" },
    licence: { type: "string", value: "<name>", says: "Its licence (default: as the file says)" },
    context: { type: "string", value: "<tokens>", says: "Longest request, where less than the model can take (default: as the file says)" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    if (values.model !== undefined && values.email !== undefined) throw new UsageError("--model and --email cannot be given together.");
    const context = values.context === undefined ? null : parsed(values, "context", z.coerce.number().int().min(256).max(10_000_000));
    // Before anything large is copied.
    const target = await asOperator(env, (ctx) => targetOf(ctx, values));
    const path = resolve(String(values.path));
    const folder = modelsDir(parseConfig(env));
    const work = async () => {
      const imported = await copied(path, folder);
      const { slug } = await asOperator(env, (ctx) => importModel({ ctx, input: inputOf(imported, path, values, context, target) }));
      return { slug, imported };
    };
    const { slug, imported } = await withImportLock(folder, work, () => console.error("Waiting for another import or prune to end."));
    if (values.json) console.log(JSON.stringify({ slug, file: imported.file, sizeBytes: imported.sizeBytes, sha256: imported.sha256 }));
    else console.log(summary(slug, imported));
    if ("takes" in target && (imported.header.contextLength ?? target.takes) < target.takes) console.error(tooShort(target, imported));
    return 0;
  },
};

/** Whose it will be, or which model's; `takes`: tokens of one request that this one says it can take. */
type Target = { slug: string; takes: number } | Exclude<ImportInput["target"], { slug: string }>;

async function targetOf(ctx: Parameters<typeof userByEmail>[0], values: Values): Promise<Target> {
  if (values.model === undefined) return { owner: values.email === undefined ? null : await userByEmail(ctx, emailOf(values)) };
  const slug = String(values.model);
  const model = await ctx.db.model.findFirst({ where: { slug, deletedAt: null }, select: { contextLength: true } });
  if (model) return { slug, takes: model.contextLength };
  throw new AppError("not_found", `There is no model ${slug}. \`hydra models list\` shows all.`);
}

async function copied(path: string, folder: string): Promise<ImportedWeights> {
  let told = 0;
  const onProgress = (doneBytes: number, totalBytes: number) => {
    const percent = Math.floor((doneBytes * 100) / totalBytes);
    if (percent < told + 10) return;
    told = percent;
    console.error(`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)} copied`);
  };
  try {
    return await importWeights({ path, modelsDir: folder, onProgress });
  } catch (error) {
    if (error instanceof ImportError) throw new AppError("invalid_value", error.message, { param: "path", cause: error });
    throw error;
  }
}

function inputOf(
  { file, projectorFile, sizeBytes, sha256, header }: ImportedWeights,
  path: string,
  values: Values,
  context: number | null,
  target: Target,
): ImportInput {
  const { architecture, chatTemplate, contextLength, parameters, cacheBytesPerToken } = header;
  const longest = contextLength ?? context;
  if (longest === null) throw new UsageError("--context must be given: the file does not say how many tokens the model takes.");
  const name = String(values.name ?? header.name ?? basename(path).replace(/\.gguf$/i, "")).slice(0, 63);
  return {
    target: "slug" in target ? { slug: target.slug } : target,
    weights: {
      ...{ source: "import", file, projectorFile, sizeBytes: BigInt(sizeBytes), sha256, format: "gguf" },
      ...{ architecture, chatTemplate, cacheBytesPerToken },
    },
    facts: {
      name,
      provider: "—",
      kind: header.embedding ? "embedding" : projectorFile ? "image_understanding" : "text_generation",
      contextLength: Math.min(context ?? longest, longest),
      licence: String(values.licence ?? header.licence ?? ""),
      parameters,
      repository: null,
      description: { en: "Imported by an operator of this installation.", zh: "由本平台的管理员导入。" },
    },
  };
}

function tooShort({ slug, takes }: { slug: string; takes: number }, { header }: ImportedWeights): string {
  return `${slug} is offered with a context of ${takes} tokens, and this file was made for ${header.contextLength}. Is it the right one? Answers to longer requests will be of no use.`;
}

function summary(slug: string, { header, sizeBytes }: ImportedWeights): string {
  const facts = [
    `architecture ${header.architecture}`,
    `${header.parameters} parameters`,
    `context ${header.contextLength ?? "not said"}`,
    `licence ${header.licence ?? "not said"}`,
    `chat template ${header.chatTemplate === null ? "none" : "yes"}`,
    formatBytes(sizeBytes),
  ];
  return `Imported as ${slug}: ${facts.join(", ")}.`;
}
