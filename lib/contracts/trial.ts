import { z } from "zod";
import type { modelKinds } from "./models.ts";

/** How an answer is drawn; what is left out is the model's own default. */
export const samplingParameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  max_tokens: z.number().int().min(1).optional(),
  seed: z.number().int().optional(),
});
export type SamplingParameters = z.infer<typeof samplingParameters>;

/** Images a message may hold, and characters of one as a data URL: what the browser makes them fit into. */
export const imageLimits = { perMessage: 4, dataUrlChars: 700_000 } as const;

/** An image inside the request itself; nothing is ever fetched from an address. */
export const imageDataUrl = z
  .string()
  .max(imageLimits.dataUrlChars)
  .regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/, "it must be a PNG, JPEG or WebP image as a data URL");

const textPart = z.strictObject({ type: z.literal("text"), text: z.string().max(200_000) });
const imagePart = z.strictObject({ type: z.literal("image_url"), image_url: z.strictObject({ url: imageDataUrl }) });

export const trialMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.union([
    z.string().max(200_000),
    z
      .array(z.discriminatedUnion("type", [textPart, imagePart]))
      .min(1)
      .max(8),
  ]),
});
export type TrialMessage = z.infer<typeof trialMessage>;

/** What the playground sends to `/api/trial`; it is passed to the gateway as a streamed chat completion. */
export const trialInput = samplingParameters.extend({
  model: z.string().min(3).max(130),
  messages: z.array(trialMessage).min(1).max(500),
});
export type TrialInput = z.infer<typeof trialInput>;

/** The longest body of a trial call, in characters: a conversation with its images. */
export const maxTrialChars = 24 * 1024 * 1024;

/** What the conversation's code samples are made of. Images stand in them as a name, to be filled in by the reader. */
export const trialCodeInput = samplingParameters.extend({
  model: z.string().min(3).max(130),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["system", "user", "assistant"]),
        content: z.string().max(200_000),
        images: z.number().int().min(0).max(imageLimits.perMessage).default(0),
      }),
    )
    .min(1)
    .max(500),
});
export type TrialCodeInput = z.input<typeof trialCodeInput>;

const codeLine = z.array(z.object({ text: z.string(), color: z.string() }));
const codeSample = z.object({
  id: z.string(),
  label: z.string(),
  code: z.string(),
  lines: z.array(codeLine),
  editRows: z.array(z.number().int()),
});

/** Requests in three languages: in one piece, and as a stream. */
export const trialCode = z.object({ whole: z.array(codeSample), streaming: z.array(codeSample) });

/** What a call used and cost: the gateway's receipt, as far as the playground shows it. */
export const trialReceipt = z.object({
  inputTokens: z.number().int(),
  cachedTokens: z.number().int(),
  outputTokens: z.number().int(),
  images: z.number().int(),
  /** What was taken from the balance; null where the service is not billed by token. */
  chargeNano: z.string().nullable(),
  currency: z.string(),
});
export type TrialReceipt = z.infer<typeof trialReceipt>;

/** Sizes that the image tab offers, width × height. */
export const imageSizes = ["512x512", "768x768", "1024x1024", "1024x1536", "1536x1024"] as const;
export const maxImages = 4;

/** What the playground's image tab sends to `/api/trial/images`. */
export const trialImageInput = z.strictObject({
  model: z.string().min(3).max(130),
  prompt: z.string().trim().min(1).max(4_000),
  negative_prompt: z.string().trim().max(4_000).optional(),
  size: z.enum(imageSizes),
  n: z.number().int().min(1).max(maxImages),
  seed: z.number().int().optional(),
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
