import { z } from "zod";

export const trialMessage = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string().max(200_000) });

/** What the playground sends to `/api/trial`; it is passed to the gateway as a streamed chat completion. */
export const trialInput = z.strictObject({
  model: z.string().min(3).max(130),
  messages: z.array(trialMessage).min(1).max(500),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  max_tokens: z.number().int().min(1).optional(),
  seed: z.number().int().optional(),
});
export type TrialInput = z.infer<typeof trialInput>;
