import { z } from "zod";
import { generationShape, unsupportedInText } from "./generation.ts";
import { text } from "./text.ts";

const prompt = text.min(1, "must not be empty");

/** POST /v1/completions. One prompt, as text. */
export const textCompletionBody = z.strictObject({
  ...generationShape,
  ...unsupportedInText,
  prompt: z
    .union([prompt, z.tuple([prompt])], { error: "must be one non-empty string (lists of prompts and token ids are not supported)" })
    .transform((value) => (typeof value === "string" ? value : value[0])),
});

/** OpenAI's own default for this endpoint. */
export const defaultTextMaxTokens = 16;
