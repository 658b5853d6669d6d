import * as z from "zod/mini";
import { moment, nano } from "./common.ts";
import { modelKinds } from "./models.ts";

/** A model's price by token: nano-units a token, and a whole image. */
export const tokenPriceRow = z.object({
  slug: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(modelKinds),
  accessName: z.string(),
  inputNano: nano,
  cachedInputNano: nano,
  outputNano: nano,
  imageNano: z.nullable(nano),
  effectiveFrom: moment,
  /** When another price takes its place; null while none is set. */
  changesAt: z.nullable(moment),
});
export type TokenPriceRow = z.infer<typeof tokenPriceRow>;

/** What one instance of a type costs for an hour. */
export const instancePriceRow = z.object({
  id: z.string(),
  name: z.string(),
  cpuMilli: z.int(),
  memoryBytes: nano,
  gpuModel: z.nullable(z.string()),
  gpuCount: z.int(),
  region: z.object({ name: z.string(), label: z.object({ en: z.string(), zh: z.string() }) }),
  hourNano: nano,
  effectiveFrom: moment,
  changesAt: z.nullable(moment),
});
export type InstancePriceRow = z.infer<typeof instancePriceRow>;

export const priceList = z.object({ currency: z.string(), tokens: z.array(tokenPriceRow), instances: z.array(instancePriceRow) });
export type PriceList = z.infer<typeof priceList>;
