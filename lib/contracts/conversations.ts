import * as z from "zod/mini";
import { moment, pageOf, pageQuery } from "./common.ts";
import { imageDataUrl, imageLimits, samplingParameters } from "./trial.ts";

const title = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
const accessName = z.string().check(z.maxLength(130));
const systemPrompt = z.string().check(z.maxLength(50_000));
/** Given by the browser, so that a message that is saved twice is there once. */
const messageId = z.string().check(z.regex(/^[0-9A-Za-z_-]{8,64}$/));

/** Messages that a conversation may hold, and that one save may bring. */
export const maxMessages = 500;
const maxSavedAtOnce = 20;

export const answerFigures = z.strictObject({
  inputTokens: z.nullable(z.int().check(z.minimum(0))),
  outputTokens: z.nullable(z.int().check(z.minimum(0))),
  firstTokenMs: z.nullable(z.int().check(z.minimum(0))),
  totalMs: z.nullable(z.int().check(z.minimum(0))),
  /** What was taken from the balance, in nano-units; null where it is unknown or nothing is charged by token. */
  chargeNano: z.nullable(z.string().check(z.regex(/^\d{1,30}$/))),
  currency: z.nullable(z.string().check(z.maxLength(3))),
});
export type AnswerFigures = z.infer<typeof answerFigures>;

export const answerError = z.strictObject({
  code: z.string().check(z.maxLength(64)),
  message: z.string().check(z.maxLength(2_000)),
  requestId: z.nullable(z.string().check(z.maxLength(64))),
});
export type AnswerError = z.infer<typeof answerError>;

/** One message as it is kept. */
export const keptMessage = z.strictObject({
  id: messageId,
  /** Place in the conversation; gaps mean nothing. */
  position: z.int().check(z.minimum(0), z.maximum(1_000_000)),
  role: z.enum(["user", "assistant", "clear"]),
  text: z._default(z.string().check(z.maxLength(1_000_000)), ""),
  images: z._default(z.array(imageDataUrl).check(z.maxLength(imageLimits.perMessage)), []),
  reasoning: z._default(z.string().check(z.maxLength(1_000_000)), ""),
  accessName: z._default(z.nullable(accessName), null),
  state: z._default(z.enum(["complete", "stopped", "failed"]), "complete"),
  finishReason: z._default(z.nullable(z.string().check(z.maxLength(64))), null),
  error: z._default(z.nullable(answerError), null),
  figures: z._default(z.nullable(answerFigures), null),
  requestId: z._default(z.nullable(z.string().check(z.maxLength(64))), null),
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
  excerpt: z.nullable(z.string()),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

export const conversationDetail = z.extend(conversationSummary, {
  systemPrompt: z.string(),
  parameters: samplingParameters,
  messages: z.array(keptMessage),
});
export type ConversationDetail = z.infer<typeof conversationDetail>;

export const conversationListQuery = z.extend(pageQuery, { search: z._default(z.string().check(z.maxLength(100)), "") });
export const conversationList = pageOf(conversationSummary);

export const createConversationInput = z.strictObject({
  /** Given by the browser, so that a conversation that is begun again because the answer was lost is there once; left out, a new one. */
  id: z.optional(z.string().check(z.regex(/^cnv_[0-9a-z]{26,32}$/))),
  title,
  accessName,
  systemPrompt: z._default(systemPrompt, ""),
  parameters: z._default(samplingParameters, {}),
});
export const updateConversationInput = z
  .partial(z.strictObject({ title, accessName, systemPrompt, parameters: samplingParameters }))
  .check(z.refine((input) => Object.keys(input).length > 0, "nothing to change"));

/** Messages to keep, whether new or changed, and ids of messages to forget: all of it or nothing. */
export const saveMessagesInput = z.strictObject({
  keep: z._default(z.array(keptMessage).check(z.maxLength(maxSavedAtOnce)), []),
  forget: z._default(z.array(messageId).check(z.maxLength(maxMessages)), []),
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
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)),
  systemPrompt: z._default(systemPrompt, ""),
  parameters: z._default(samplingParameters, {}),
});
