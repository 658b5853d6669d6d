import type { AnswerFigures, KeptMessage } from "#lib/contracts/conversations.ts";
import type { TrialMessage } from "#lib/contracts/trial.ts";

/** A message on the screen: as it is kept, or still being written. */
export interface Message extends Omit<KeptMessage, "state" | "figures"> {
  state: KeptMessage["state"] | "streaming";
  figures: AnswerFigures;
}

/** What a reader sends. */
export interface Question {
  text: string;
  /** Data URLs. */
  images: string[];
}

/** A question with its answer, or a line that says that the context was cleared. */
export type Entry =
  | { kind: "turn"; id: string; question: Message; answer: Message | null }
  | { kind: "clear"; id: string; message: Message }
  /** Whose question was deleted. */
  | { kind: "answer"; id: string; answer: Message };

export const noFigures: AnswerFigures = {
  inputTokens: null,
  outputTokens: null,
  firstTokenMs: null,
  totalMs: null,
  chargeNano: null,
  currency: null,
};

/** `crypto.randomUUID` is missing where the console is reached over plain HTTP. */
export function newId(prefix: "msg" | "cnv"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${prefix}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function newMessage(role: Message["role"], position: number, more: Partial<Message> = {}): Message {
  return {
    ...{ id: newId("msg"), position, role, text: "", images: [], reasoning: "", accessName: null },
    ...{ finishReason: null, error: null, requestId: null, figures: noFigures },
    state: "complete",
    createdAt: new Date().toISOString(),
    ...more,
  };
}

export function nextPosition(messages: Message[]): number {
  return (messages.at(-1)?.position ?? -1) + 1;
}

/** A message as it is kept. An answer that is still being written counts as stopped until its end is known. */
export function toKept(message: Message): KeptMessage {
  return { ...message, state: message.state === "streaming" ? "stopped" : message.state };
}

export function fromKept(message: KeptMessage): Message {
  return { ...message, figures: message.figures ?? noFigures };
}

/** Messages as the transcript shows them. */
export function entriesOf(messages: Message[]): Entry[] {
  const entries: Entry[] = [];
  for (const message of messages) {
    const last = entries.at(-1);
    if (message.role === "clear") entries.push({ kind: "clear", id: message.id, message });
    else if (message.role === "user") entries.push({ kind: "turn", id: message.id, question: message, answer: null });
    else if (last?.kind === "turn" && last.answer === null) last.answer = message;
    else entries.push({ kind: "answer", id: message.id, answer: message });
  }
  return entries;
}

/** What stands below the line that last cleared the context. */
export function contextOf(messages: Message[]): Message[] {
  return messages.slice(messages.findLastIndex((message) => message.role === "clear") + 1);
}

/** What a call sends: the system prompt, the turns that got an answer, the last question. */
export function toTrialMessages(system: string, messages: Message[]): TrialMessage[] {
  const entries = entriesOf(contextOf(messages));
  const said = entries.flatMap((entry, index): TrialMessage[] => {
    if (entry.kind !== "turn") return [];
    const answered = entry.answer?.text ? [{ role: "assistant" as const, content: entry.answer.text }] : [];
    if (answered.length === 0 && index < entries.length - 1) return [];
    return [{ role: "user", content: contentOf(entry.question) }, ...answered];
  });
  return [...(system ? [{ role: "system" as const, content: system }] : []), ...said];
}

function contentOf({ text, images }: Question): TrialMessage["content"] {
  if (images.length === 0) return text;
  const pictures = images.map((url) => ({ type: "image_url" as const, image_url: { url } }));
  return [...(text ? [{ type: "text" as const, text }] : []), ...pictures];
}

const titleChars = 80;

/** The first line of a question, cut at a word where there is one; `otherwise` for a question of images alone. */
export function titleOf(text: string, otherwise: string): string {
  const line = text.trim().split("\n", 1)[0]?.trim() ?? "";
  if (line.length <= titleChars) return line || otherwise;
  const cut = line.slice(0, titleChars);
  const space = cut.lastIndexOf(" ");
  return `${space > titleChars / 2 ? cut.slice(0, space) : cut}…`;
}
