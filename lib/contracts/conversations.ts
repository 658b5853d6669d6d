import { z } from "zod";
import { moment, pageOf, pageQuery } from "./common.ts";
import { imageDataUrl, imageLimits, samplingParameters } from "./trial.ts";

const title = z.string().trim().min(1).max(200);
const accessName = z.string().max(130);
const systemPrompt = z.string().max(50_000);
/** Given by the browser, so that a message that is saved twice is there once. */
const messageId = z.string().regex(/^[0-9A-Za-z_-]{8,64}$/);

/** Messages that a conversation may hold, and that one save may bring. */
export const maxMessages = 500;
const maxSavedAtOnce = 20;

export const answerFigures = z.strictObject({
  inputTokens: z.number().int().min(0).nullable(),
  outputTokens: z.number().int().min(0).nullable(),
  firstTokenMs: z.number().int().min(0).nullable(),
  totalMs: z.number().int().min(0).nullable(),
  /** What was taken from the balance, in nano-units; null where it is unknown or nothing is charged by token. */
  chargeNano: z
    .string()
    .regex(/^\d{1,30}$/)
    .nullable(),
  currency: z.string().max(3).nullable(),
});
export type AnswerFigures = z.infer<typeof answerFigures>;

export const answerError = z.strictObject({
  code: z.string().max(64),
  message: z.string().max(2_000),
  requestId: z.string().max(64).nullable(),
});
export type AnswerError = z.infer<typeof answerError>;

/** One message as it is kept. */
export const keptMessage = z.strictObject({
  id: messageId,
  /** Place in the conversation; gaps mean nothing. */
  position: z.number().int().min(0).max(1_000_000),
  role: z.enum(["user", "assistant", "clear"]),
  text: z.string().max(1_000_000).default(""),
  images: z.array(imageDataUrl).max(imageLimits.perMessage).default([]),
  reasoning: z.string().max(1_000_000).default(""),
  accessName: accessName.nullable().default(null),
  state: z.enum(["complete", "stopped", "failed"]).default("complete"),
  finishReason: z.string().max(64).nullable().default(null),
  error: answerError.nullable().default(null),
  figures: answerFigures.nullable().default(null),
  requestId: z.string().max(64).nullable().default(null),
  createdAt: moment,
});
export type KeptMessage = z.infer<typeof keptMessage>;

export const conversationSummary = z.object({
  id: z.string(),
  title: z.string(),
  accessName: z.string(),
  createdAt: moment,
  updatedAt: moment,
  /** Where a search found it: the text around; null where the title holds it, or nothing was looked for. */
  excerpt: z.string().nullable(),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

export const conversationDetail = conversationSummary.extend({
  systemPrompt: z.string(),
  parameters: samplingParameters,
  messages: z.array(keptMessage),
});
export type ConversationDetail = z.infer<typeof conversationDetail>;

export const conversationListQuery = pageQuery.extend({ search: z.string().max(100).default("") });
export const conversationList = pageOf(conversationSummary);

export const createConversationInput = z.strictObject({
  title,
  accessName,
  systemPrompt: systemPrompt.default(""),
  parameters: samplingParameters.default({}),
});
export const updateConversationInput = z
  .strictObject({ title, accessName, systemPrompt, parameters: samplingParameters })
  .partial()
  .refine((input) => Object.keys(input).length > 0, "nothing to change");

/** Messages to keep, whether new or changed, and ids of messages to forget: all of it or nothing. */
export const saveMessagesInput = z.strictObject({
  keep: z.array(keptMessage).max(maxSavedAtOnce).default([]),
  forget: z.array(messageId).max(maxMessages).default([]),
});
export type SaveMessagesInput = z.infer<typeof saveMessagesInput>;

export const presetView = z.object({
  id: z.string(),
  name: z.string(),
  systemPrompt: z.string(),
  parameters: samplingParameters,
});
export type PresetView = z.infer<typeof presetView>;
export const presetList = z.object({ items: z.array(presetView) });
/** A preset of a name that is there already is replaced. */
export const savePresetInput = z.strictObject({
  name: z.string().trim().min(1).max(60),
  systemPrompt: systemPrompt.default(""),
  parameters: samplingParameters.default({}),
});
