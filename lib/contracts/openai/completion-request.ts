import { z } from "zod";
import { engineMembers, samplingMembers } from "./sampling.ts";

/**
 * `POST /v1/completions` (legacy), answered by chat models: `prompt` becomes one user message. What only a raw
 * completion could do (`echo`, `suffix`, `best_of`, `logprobs`) is taken at its neutral value and else refused.
 */
export const completionRequest = z.strictObject({
  ...samplingMembers,
  ...engineMembers,
  prompt: z.union([z.string(), z.tuple([z.string()])]),
  echo: z.literal(false).nullish(),
  suffix: z.literal("").nullish(),
  best_of: z.literal(1).nullish(),
  logprobs: z.null().optional(),
});
export type CompletionRequest = z.infer<typeof completionRequest>;
