import { imagePlaceholder, type SampleConversation } from "./conversation.ts";
import { curlChat, nodeChat, pythonChat } from "./requests.ts";
import { responseJson, responseStream } from "./responses.ts";

/** What a sample calls. */
export interface SampleTarget {
  /** Base address, ending in `/v1`. */
  endpoint: string;
  /** `<owner>/<name>`: the call's `model`. */
  accessName: string;
}

export type SampleLanguage = "bash" | "python" | "javascript" | "json" | "event-stream";

/** A piece of code as text; `editRows` are the rows (from 0) that the reader must change before it runs. */
export interface SampleText {
  id: string;
  label: string;
  language: SampleLanguage;
  code: string;
  editRows: number[];
}

export interface SamplePair {
  request: SampleText[];
  response: SampleText;
}

/** Stands where the reader's own API key goes; letters that a header may hold, the same in every language. */
export const keyPlaceholder = "YOUR_API_KEY";

/** The address that the samples call. */
export function chatUrl(endpoint: string): string {
  return `${endpoint}/chat/completions`;
}

/** Requests as curl, Python and Node.js, each with what it gets back: in one piece, and as a stream. */
export function sampleTexts(target: SampleTarget): { whole: SamplePair; streaming: SamplePair } {
  return {
    whole: { request: requests(target, false), response: sampleText("response", "JSON", "json", responseJson(target.accessName)) },
    streaming: {
      request: requests(target, true),
      response: sampleText("response", "text/event-stream", "event-stream", responseStream(target.accessName)),
    },
  };
}

/** The requests that ask what a conversation has come to: what the playground's reader would send from a program. */
export function conversationTexts(
  target: SampleTarget,
  conversation: SampleConversation,
): { whole: SampleText[]; streaming: SampleText[] } {
  return { whole: requests(target, false, conversation), streaming: requests(target, true, conversation) };
}

function requests(target: SampleTarget, stream: boolean, conversation?: SampleConversation): SampleText[] {
  const call = { ...target, url: chatUrl(target.endpoint), apiKey: keyPlaceholder, ...(conversation ? { conversation } : {}) };
  return [
    sampleText("curl", "curl", "bash", curlChat(call, stream)),
    sampleText("python", "Python", "python", pythonChat(call, stream)),
    sampleText("node", "Node.js", "javascript", nodeChat(call, stream)),
  ];
}

function sampleText(id: string, label: string, language: SampleLanguage, code: string): SampleText {
  const editRows = code.split("\n").flatMap((line, row) => (line.includes(keyPlaceholder) || line.includes(imagePlaceholder) ? [row] : []));
  return { id, label, language, code, editRows };
}
