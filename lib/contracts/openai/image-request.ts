import { z } from "zod";

/** `POST /v1/images/generations`. */
export const imageRequest = z.strictObject({
  model: z.string().min(1).max(256),
  prompt: z.string().min(1).max(32_000),
  n: z.number().int().min(1).max(10).nullish(),
  size: z
    .string()
    .regex(/^(auto|\d{2,5}x\d{2,5})$/, "it must be a width and a height such as 1024x1024")
    .nullish(),
  quality: z.string().max(32).nullish(),
  style: z.string().max(64).nullish(),
  background: z.string().max(32).nullish(),
  output_format: z.enum(["png", "jpeg", "webp"]).nullish(),
  response_format: z.enum(["url", "b64_json"]).nullish(),
  user: z.string().max(512).nullish(),
  // Extensions of the engines that run diffusion models.
  negative_prompt: z.string().max(32_000).nullish(),
  seed: z.number().int().nullish(),
  num_inference_steps: z.number().int().min(1).max(500).nullish(),
  guidance_scale: z.number().min(0).max(100).nullish(),
});
export type ImageRequest = z.infer<typeof imageRequest>;
