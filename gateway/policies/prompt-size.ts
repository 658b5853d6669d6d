import type { PromptSize } from "./hold-amount.ts";

/** Members beside the messages that a chat template or a grammar writes into the prompt. */
const templated = ["tools", "documents", "chat_template_kwargs", "response_format"];

/** How large the prompt of a chat call can become; data of images and recordings is counted by piece, not by byte. */
export function promptSize(params: Record<string, unknown>): PromptSize {
  const messages = Array.isArray(params.messages) ? params.messages : [];
  const size: PromptSize = { bytes: 0, messages: messages.length, media: 0 };
  for (const message of messages) addMessage(size, message);
  for (const name of templated) {
    if (params[name] !== undefined) size.bytes += jsonBytes(params[name]);
  }
  return size;
}

function addMessage(size: PromptSize, message: Record<string, unknown>): void {
  for (const name in message) {
    if (name === "role") continue;
    const value = message[name];
    if (name === "content" && Array.isArray(value)) for (const part of value) addPart(size, part);
    else if (typeof value === "string") size.bytes += Buffer.byteLength(value);
    else if (value !== null && value !== undefined) size.bytes += jsonBytes(value);
  }
}

function addPart(size: PromptSize, part: Record<string, unknown>): void {
  if (part.type === "image_url" || part.type === "input_audio") size.media++;
  else if (typeof part.text === "string") size.bytes += Buffer.byteLength(part.text);
  else size.bytes += jsonBytes(part);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
