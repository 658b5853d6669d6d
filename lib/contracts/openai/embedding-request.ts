import { z } from "zod";

const tokenIds = z.array(z.number().int().min(0)).min(1);

/** `POST /v1/embeddings`: one text or many, or token ids. */
export const embeddingRequest = z.strictObject({
  model: z.string().min(1).max(256),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048), tokenIds, z.array(tokenIds).min(1).max(2_048)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().min(1).max(65_536).nullish(),
  user: z.string().max(512).nullish(),
  // Extensions of vLLM.
  truncate_prompt_tokens: z.number().int().min(-1).nullish(),
  add_special_tokens: z.boolean().nullish(),
  normalize: z.boolean().nullish(),
});
export type EmbeddingRequest = z.infer<typeof embeddingRequest>;
