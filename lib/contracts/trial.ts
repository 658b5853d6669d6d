import * as z from "zod/mini";
import type { modelKinds } from "./models.ts";

/** How an answer is drawn; what is left out is the model's own default. */
export const samplingParameters = z.strictObject({
  temperature: z.optional(z.number().check(z.minimum(0), z.maximum(2))),
  top_p: z.optional(z.number().check(z.gt(0), z.maximum(1))),
  max_tokens: z.optional(z.int().check(z.minimum(1))),
  seed: z.optional(z.int()),
});
export type SamplingParameters = z.infer<typeof samplingParameters>;

/** Images a message may hold, and characters of one as a data URL: what the browser makes them fit into. */
export const imageLimits = { perMessage: 4, dataUrlChars: 700_000 } as const;

/** An image inside the request itself; nothing is ever fetched from an address. */
export const imageDataUrl = z
  .string()
  .check(
    z.maxLength(imageLimits.dataUrlChars),
    z.regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/, "it must be a PNG, JPEG or WebP image as a data URL"),
  );

const textPart = z.strictObject({ type: z.literal("text"), text: z.string().check(z.maxLength(200_000)) });
const imagePart = z.strictObject({ type: z.literal("image_url"), image_url: z.strictObject({ url: imageDataUrl }) });

export const trialMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.union([
    z.string().check(z.maxLength(200_000)),
    z.array(z.discriminatedUnion("type", [textPart, imagePart])).check(z.minLength(1), z.maxLength(8)),
  ]),
});
export type TrialMessage = z.infer<typeof trialMessage>;

/** What the playground sends to `/api/trial`; it is passed to the gateway as a streamed chat completion. */
export const trialInput = z.extend(samplingParameters, {
  model: z.string().check(z.minLength(3), z.maxLength(130)),
  messages: z.array(trialMessage).check(z.minLength(1), z.maxLength(500)),
});
export type TrialInput = z.infer<typeof trialInput>;

/** The longest body of a trial call, in characters: a conversation with its images. */
export const maxTrialChars = 24 * 1024 * 1024;

/** What the conversation's code samples are made of. Images stand in them as a name, to be filled in by the reader. */
export const trialCodeInput = z.extend(samplingParameters, {
  model: z.string().check(z.minLength(3), z.maxLength(130)),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["system", "user", "assistant"]),
        content: z.string().check(z.maxLength(200_000)),
        images: z._default(z.int().check(z.minimum(0), z.maximum(imageLimits.perMessage)), 0),
      }),
    )
    .check(z.minLength(1), z.maxLength(500)),
});
export type TrialCodeInput = z.input<typeof trialCodeInput>;

const codeLine = z.array(z.object({ text: z.string(), color: z.string() }));
const codeSample = z.object({
  id: z.string(),
  label: z.string(),
  code: z.string(),
  lines: z.array(codeLine),
  editRows: z.array(z.int()),
});

/** Requests in three languages: in one piece, and as a stream. */
export const trialCode = z.object({ whole: z.array(codeSample), streaming: z.array(codeSample) });

/** What a call used and cost: the gateway's receipt, as far as the playground shows it. */
export const trialReceipt = z.object({
  inputTokens: z.int(),
  cachedTokens: z.int(),
  outputTokens: z.int(),
  images: z.int(),
  /** What was taken from the balance; null where the service is not billed by token. */
  chargeNano: z.nullable(z.string()),
  currency: z.string(),
});
export type TrialReceipt = z.infer<typeof trialReceipt>;

/** Sizes that the image tab offers, width × height. */
export const imageSizes = ["512x512", "768x768", "1024x1024", "1024x1536", "1536x1024"] as const;
export const maxImages = 4;

/** What the playground's image tab sends to `/api/trial/images`. */
export const trialImageInput = z.strictObject({
  model: z.string().check(z.minLength(3), z.maxLength(130)),
  prompt: z.string().check(z.trim(), z.minLength(1), z.maxLength(4_000)),
  negative_prompt: z.optional(z.string().check(z.trim(), z.maxLength(4_000))),
  size: z.enum(imageSizes),
  n: z.int().check(z.minimum(1), z.maximum(maxImages)),
  seed: z.optional(z.int()),
});
export type TrialImageInput = z.infer<typeof trialImageInput>;

export const trialImages = z.object({
  requestId: z.string(),
  /** Base64 without a prefix. */
  images: z.array(z.string()),
});
export type TrialImages = z.infer<typeof trialImages>;

/** Kinds of model that hold a conversation. */
export const chatKinds: readonly (typeof modelKinds)[number][] = ["text_generation", "image_understanding"];
