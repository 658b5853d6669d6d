import type { TrialCodeInput } from "#lib/contracts/trial.ts";
import { type Message, type Question, toTrialMessages } from "../conversation/message.ts";
import type { AskSettings } from "../conversation/session.ts";

/** A conversation as its code samples need it, ending with a question: what is being written, or else the last one. */
export function codeInputOf(messages: Message[], draft: string, otherwise: string, settings: AskSettings): TrialCodeInput {
  const asked = toTrialMessages(settings.system, messages).map(({ role, content }) => {
    if (typeof content === "string") return { role, content };
    const text = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
    return { role, content: text, images: content.filter((part) => part.type === "image_url").length };
  });
  const question: Question["text"] = draft.trim();
  if (question !== "") asked.push({ role: "user", content: question });
  // The last answer is what the call would bring, so it is not part of it.
  else if (asked.at(-1)?.role === "assistant") asked.pop();
  if (!asked.some((message) => message.role === "user")) asked.push({ role: "user", content: otherwise });
  return { ...settings.parameters, model: settings.accessName, messages: asked };
}
