import { z } from "zod";
import { nano } from "./common.ts";

export const modelKinds = ["text_generation", "image_understanding", "image_generation", "embedding"] as const;

/** The variable part of a model's address. */
export const slugParams = z.object({ slug: z.string().max(64) });

/** Why a button is disabled; each has a sentence in messages/*.json. */
export const unavailableReasons = ["not_offered", "no_weights", "no_public_service", "not_ready"] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

export const tokenPrice = z.object({ inputNano: nano, cachedInputNano: nano, outputNano: nano, imageNano: nano.nullable() });

export const modelSummary = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(modelKinds),
  contextLength: z.number().int(),
  maxOutputTokens: z.number().int(),
  licence: z.string(),
  /** Decimal; null where the maker does not say. */
  parameters: z.string().nullable(),
  description: z.object({ en: z.string(), zh: z.string() }),
  hot: z.boolean(),
  /** The embedded demo model: screens say so plainly. */
  demo: z.boolean(),
  hosting: z.object({ token: z.boolean(), dedicated: z.boolean() }),
  /** `public/<slug>`. */
  accessName: z.string(),
  tokenPrice: tokenPrice.nullable(),
  /** Price of one instance of the cheapest type for an hour; null where it cannot be deployed here. */
  dedicatedFromNano: nano.nullable(),
  /** Null: the button works. */
  tryUnavailable: z.enum(unavailableReasons).nullable(),
  deployUnavailable: z.enum(unavailableReasons).nullable(),
  updatedAt: z.iso.datetime(),
});
export type ModelSummary = z.infer<typeof modelSummary>;

export const modelList = z.object({ items: z.array(modelSummary) });
/** The model, and the address to call it at (ends in `/v1`). */
export const modelDetail = modelSummary.extend({ endpoint: z.string() });
export type ModelDetail = z.infer<typeof modelDetail>;

export const instanceTypeOption = z.object({
  id: z.string(),
  name: z.string(),
  cpuMilli: z.number().int(),
  memoryBytes: nano,
  gpuModel: z.string().nullable(),
  gpuCount: z.number().int(),
  parallel: z.number().int(),
  hourNano: nano.nullable(),
});
export const regionOption = z.object({
  id: z.string(),
  name: z.string(),
  label: z.object({ en: z.string(), zh: z.string() }),
  instanceTypes: z.array(instanceTypeOption),
});
export type RegionOption = z.infer<typeof regionOption>;
export type InstanceTypeOption = z.infer<typeof instanceTypeOption>;
export const regionList = z.object({ items: z.array(regionOption) });
