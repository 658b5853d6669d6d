import { z } from "zod";
import type { ChatMessage } from "../llama/chat-template.ts";
import { imageMarker } from "../llama/prompts.ts";
import { generationShape, unsupportedInChat } from "./generation.ts";
import { isShallowJson } from "./nesting.ts";
import { responseFormat } from "./response-format.ts";
import { text } from "./text.ts";
import { toolsShape } from "./tools.ts";

const textPart = z.looseObject({ type: z.literal("text"), text });
const imagePart = z.looseObject({ type: z.literal("image_url"), image_url: z.looseObject({ url: z.string() }) });
const toolCall = z.looseObject({
  id: text,
  type: z.literal("function"),
  function: z.looseObject({ name: text, arguments: text.refine(isShallowJson, "is nested too deep") }),
});

/** Clients send our own answers back, with whatever they hold; so a message may have members that we do not know. */
const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z
    .union([text, z.array(z.discriminatedUnion("type", [textPart, imagePart])).min(1), z.null()], {
      error: "must be a string or an array of text and image_url parts",
    })
    .optional(),
  reasoning_content: text.nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: text.nullish(),
  name: text.nullish(),
});

const templateValue = z.union([text.max(1000), z.number(), z.boolean()]);

/** POST /v1/chat/completions. */
export const chatCompletionBody = z.strictObject({
  ...generationShape,
  ...unsupportedInChat,
  ...toolsShape,
  messages: z.array(message).min(1),
  max_completion_tokens: z.number().int().min(1).nullish(),
  response_format: responseFormat,
  /** `none`: thoughts stay in the content, between their tags. */
  reasoning_format: z.enum(["none", "auto", "deepseek"]).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
  thinking_budget_tokens: z.number().int().min(0).max(1_000_000).nullish(),
  chat_template_kwargs: z
    .record(z.string().max(100), templateValue)
    .refine((values) => Object.keys(values).length <= 16, "may have at most 16 members")
    .nullish(),
});

export type ChatCompletionBody = z.output<typeof chatCompletionBody>;

/** The messages as the chat template takes them: one text each, parts on lines of their own, a marker for each image. */
export function messagesOf(body: ChatCompletionBody): ChatMessage[] {
  const hasImages = imagesOf(body).length > 0;
  // A marker that somebody has written would ask for one image more.
  const plain = (words: string) => (hasImages ? words.replaceAll(imageMarker, imageMarker.slice(1)) : words);
  const textOf = (part: z.output<typeof textPart | typeof imagePart>) => (part.type === "text" ? plain(part.text) : imageMarker);
  return body.messages.map(({ role, content, reasoning_content, tool_calls, tool_call_id, name }) => ({
    role: role === "developer" ? "system" : role,
    content: Array.isArray(content) ? content.map(textOf).join("\n") : plain(content ?? ""),
    ...(reasoning_content ? { reasoning_content } : {}),
    ...(tool_calls?.length ? { tool_calls } : {}),
    ...(tool_call_id ? { tool_call_id } : {}),
    ...(name ? { name } : {}),
  }));
}

/** The images in the order of their markers, each with the member where it stands. */
export function imagesOf(body: ChatCompletionBody): { url: string; param: string }[] {
  return body.messages.flatMap(({ content }, index) =>
    Array.isArray(content)
      ? content.flatMap((part, at) =>
          part.type === "image_url" ? [{ url: part.image_url.url, param: `messages[${index}].content[${at}].image_url.url` }] : [],
        )
      : [],
  );
}

/** Whether the model should think, where it can. */
export function thinkingOf(body: ChatCompletionBody): boolean {
  return body.reasoning_effort !== "none" && body.chat_template_kwargs?.enable_thinking !== false;
}

export function templateArgumentsOf(body: ChatCompletionBody): Record<string, string | number | boolean> {
  const { enable_thinking: _thinking, ...values } = body.chat_template_kwargs ?? {};
  return { ...(body.reasoning_effort ? { reasoning_effort: body.reasoning_effort } : {}), ...values };
}
