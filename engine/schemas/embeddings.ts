import { z } from "zod";
import { text } from "./text.ts";

const input = text.min(1, "must not be empty");

/** POST /v1/embeddings. Texts only: token ids would be another tokenizer's. */
export const embeddingsBody = z.strictObject({
  model: z.string(),
  input: z
    .union([input, z.array(input).min(1).max(2048)], {
      error: "must be a non-empty string or up to 2,048 of them (token ids are not supported)",
    })
    .transform((value) => (typeof value === "string" ? [value] : value)),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().min(1).nullish(),
  user: z.unknown().optional(),
});
