import { z } from "zod";
import type { ChatMessage } from "../llama/engine.ts";
import { generationShape, unsupportedInChat } from "./generation.ts";
import { text } from "./text.ts";

const textPart = z.looseObject({ type: z.literal("text"), text });

/** Clients send our own answers back, with whatever they hold; so a message may have members that we do not know. */
const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant"]),
  content: z
    .union([text, z.array(textPart).min(1), z.null()], { error: "must be a string or an array of text parts; this model reads text only" })
    .optional(),
});

/** POST /v1/chat/completions. */
export const chatCompletionBody = z.strictObject({
  ...generationShape,
  ...unsupportedInChat,
  messages: z.array(message).min(1),
  max_completion_tokens: z.number().int().min(1).nullish(),
});

/** The messages as the chat template takes them: one text each, parts on lines of their own. */
export function messagesOf(body: z.output<typeof chatCompletionBody>): ChatMessage[] {
  return body.messages.map(({ role, content }) => ({
    role: role === "developer" ? "system" : role,
    content: Array.isArray(content) ? content.map((part) => part.text).join("\n") : (content ?? ""),
  }));
}
