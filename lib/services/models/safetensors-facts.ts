import { z } from "zod";
import type { CreateOwnModelInput } from "#lib/contracts/models.ts";
import { type Hub, HubError, type HubRepository } from "#lib/hub/hub.ts";
import { commonFacts, type HubModel } from "./hub-model.ts";

const maxConfigBytes = 4 * 1024 * 1024;
/** Of a repository's config.json, as far as it is read here; models with images keep the text's part apart. */
const config = z.object({
  model_type: z.string().max(100).optional(),
  max_position_embeddings: z.number().int().positive().optional(),
  text_config: z.object({ max_position_embeddings: z.number().int().positive().optional() }).optional(),
  vision_config: z.unknown().optional(),
});
const tokenizerConfig = z.object({ chat_template: z.unknown().optional() });

/** What the small files of a repository of safetensors say. Throws HubError. */
export async function safetensorsFacts(
  hub: Hub,
  input: CreateOwnModelInput,
  repository: HubRepository,
  signal: AbortSignal,
): Promise<HubModel> {
  const read = (file: string) => readFile(hub, { ...input, revision: repository.revision, file }, repository, signal);
  const said = parse(config, await read("config.json"));
  const contextLength = said?.max_position_embeddings ?? said?.text_config?.max_position_embeddings;
  if (!said || !contextLength) throw new HubError("invalid", `${input.repository} has no config.json that says how many tokens it takes.`);
  const inTokenizer = parse(tokenizerConfig, await read("tokenizer_config.json"))?.chat_template;
  const chatTemplate = (await read("chat_template.jinja")) ?? (typeof inTokenizer === "string" ? inTokenizer : null);
  const weights = repository.files.filter(({ path }) => path.endsWith(".safetensors"));
  return {
    facts: {
      ...commonFacts(hub, input),
      kind: said.vision_config === undefined ? "text_generation" : "image_understanding",
      contextLength: Math.min(input.contextLength ?? contextLength, contextLength),
      licence: repository.licence ?? "",
      parameters: null,
      repository: hub.name === "huggingface" ? input.repository : null,
    },
    weights: {
      source: "hub",
      hub: hub.name,
      repository: input.repository,
      revision: repository.revision,
      file: "",
      projectorFile: null,
      sizeBytes: BigInt(weights.reduce((sum, file) => sum + file.sizeBytes, 0)),
      sha256: null,
      format: "safetensors",
      architecture: said.model_type ?? null,
      chatTemplate,
    },
  };
}

/** A small text file; null where the repository has none of that name. */
async function readFile(
  hub: Hub,
  place: { repository: string; revision: string; file: string },
  { files }: HubRepository,
  signal: AbortSignal,
): Promise<string | null> {
  const listed = files.find(({ path }) => path === place.file);
  if (!listed || listed.sizeBytes > maxConfigBytes) return null;
  const { repository, revision, file } = place;
  const { body } = await hub.open({ repository, revision, file, from: 0 }, signal);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > maxConfigBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string | null): z.output<Schema> | null {
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
