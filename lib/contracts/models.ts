import * as z from "zod/mini";
import { nano } from "./common.ts";

export const modelKinds = ["text_generation", "image_understanding", "image_generation", "embedding"] as const;

export const weightsSources = ["bundled", "hub", "import"] as const;
export const weightsHubs = ["huggingface", "modelscope"] as const;
export const weightsFormats = ["gguf", "safetensors"] as const;

/** `<owner>/<name>` as hubs allow it; anything else could lead an address or a path astray. */
export const repositoryForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;
/** A branch, tag or commit without a slash. */
export const revisionForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** A path below a folder: no part of it is hidden, empty, a step up, or read as a flag. The database checks the same. */
export const insideForm = /^[A-Za-z0-9_][A-Za-z0-9._+@ -]*(\/[A-Za-z0-9_][A-Za-z0-9._+@ -]*)*$/;

/** The variable part of a model's address. */
export const slugParams = z.object({ slug: z.string().check(z.maxLength(64)) });

/** Why a button is disabled; each has a sentence in messages/*.json. */
export const unavailableReasons = ["not_offered", "no_weights", "no_public_service", "not_ready"] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

export const tokenPrice = z.object({ inputNano: nano, cachedInputNano: nano, outputNano: nano, imageNano: z.nullable(nano) });

export const modelSummary = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(modelKinds),
  contextLength: z.int(),
  maxOutputTokens: z.int(),
  /** Tokens of one request that its public service takes; null where none is ready, or it takes as many as the model. */
  servedContextLength: z.nullable(z.int()),
  /** What its weights take of an instance's memory; null while nobody has read them. `offeredContext` makes a context of it. */
  memory: z.nullable(z.object({ bytes: z.int(), cacheBytesPerToken: z.int() })),
  licence: z.string(),
  /** Decimal; null where the maker does not say. */
  parameters: z.nullable(z.string()),
  description: z.object({ en: z.string(), zh: z.string() }),
  hot: z.boolean(),
  /** The embedded demo model: screens say so plainly. */
  demo: z.boolean(),
  /** Brought by the reader's workspace, which alone sees it. */
  own: z.boolean(),
  hosting: z.object({ token: z.boolean(), dedicated: z.boolean() }),
  /** `public/<slug>`. */
  accessName: z.string(),
  tokenPrice: z.nullable(tokenPrice),
  /** Price of one instance of the cheapest type for an hour; null where it cannot be deployed here. */
  dedicatedFromNano: z.nullable(nano),
  /** Null: the button works. */
  tryUnavailable: z.nullable(z.enum(unavailableReasons)),
  deployUnavailable: z.nullable(z.enum(unavailableReasons)),
  updatedAt: z.iso.datetime(),
});
export type ModelSummary = z.infer<typeof modelSummary>;

export const modelList = z.object({ items: z.array(modelSummary) });
/** The model, and the address to call it at (ends in `/v1`). */
/** What an instance loads. */
export const modelWeights = z.object({
  source: z.enum(weightsSources),
  hub: z.nullable(z.enum(weightsHubs)),
  /** Empty for what is not downloaded. */
  repository: z.string(),
  /** A commit where it is known, else a branch; empty for what is not downloaded. */
  revision: z.string(),
  /** Empty: the whole repository. */
  file: z.string(),
  format: z.enum(weightsFormats),
  /** Of all files together, decimal; null until a download has told. */
  sizeBytes: z.nullable(nano),
  /** As the file says it, e.g. `qwen2`. */
  architecture: z.nullable(z.string()),
  /** Jinja template that turns messages into a prompt; null where none is known yet. */
  chatTemplate: z.nullable(z.string()),
});

export const modelDetail = z.extend(modelSummary, {
  endpoint: z.string(),
  /** Null where this installation has none to run. */
  weights: z.nullable(modelWeights),
});
export type ModelDetail = z.infer<typeof modelDetail>;

const hubAddress = /^https:\/\/(huggingface\.co|(www\.)?modelscope\.cn\/models)\//;

/** A model that a workspace brings: a repository of a model hub. */
export const createOwnModelInput = z.strictObject({
  /** What screens call it; left out: the repository's name. */
  name: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(63))),
  hub: z._default(z.enum(weightsHubs), "huggingface"),
  /** `<owner>/<name>`, or its page's address. */
  repository: z.string().check(
    z.maxLength(300),
    z.overwrite((text) => text.trim().replace(hubAddress, "").replace(/\/+$/, "")),
    z.regex(repositoryForm, "must be <owner>/<name>, such as Qwen/Qwen2.5-7B-Instruct-GGUF"),
  ),
  /** A branch, tag or commit; left out: the hub's usual one. */
  revision: z.optional(z.string().check(z.regex(revisionForm, "must be a branch, tag or commit without a slash"))),
  /** Which GGUF file, where the repository has several; of a split one the first. */
  file: z.optional(z.string().check(z.maxLength(300), z.regex(insideForm, "must be a file's path in the repository"))),
  /** Tokens of one request at most, where fewer than the model can take are to be kept in memory. */
  contextLength: z.optional(z.int().check(z.minimum(256), z.maximum(10_000_000))),
});
export type CreateOwnModelInput = z.infer<typeof createOwnModelInput>;

export const instanceTypeOption = z.object({
  id: z.string(),
  name: z.string(),
  cpuMilli: z.int(),
  memoryBytes: nano,
  gpuModel: z.nullable(z.string()),
  gpuCount: z.int(),
  parallel: z.int(),
  hourNano: z.nullable(nano),
});
export const regionOption = z.object({
  id: z.string(),
  /** Which kind of place it is: what an instance's memory holds decides on this machine alone how long a request may be. */
  driver: z.enum(["local", "kubernetes"]),
  name: z.string(),
  label: z.object({ en: z.string(), zh: z.string() }),
  instanceTypes: z.array(instanceTypeOption),
});
export type RegionOption = z.infer<typeof regionOption>;
export type InstanceTypeOption = z.infer<typeof instanceTypeOption>;
export const regionList = z.object({ items: z.array(regionOption) });
