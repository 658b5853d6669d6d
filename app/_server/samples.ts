import "server-only";
import type { ApiSamples, PairView } from "#components/samples/api-samples.ts";
import type { CodeLine, CodeSample } from "#components/ui/code.tsx";
import type { SampleConversation } from "#lib/samples/conversation.ts";
import { chatUrl, conversationTexts, type SamplePair, type SampleTarget, type SampleText, sampleTexts } from "#lib/samples/sample-texts.ts";
import { highlight } from "./highlight.ts";

/** Everything that `ApiReference` shows for one model or service, in colour. `endpoint` ends in `/v1`. */
export async function buildSamples(target: SampleTarget): Promise<ApiSamples> {
  const { whole, streaming } = sampleTexts(target);
  const [wholeView, streamingView] = await Promise.all([pairView(whole), pairView(streaming)]);
  return { url: chatUrl(target.endpoint), whole: wholeView, streaming: streamingView };
}

/** The playground's "View code": a conversation as requests, in colour. */
export async function conversationSamples(
  target: SampleTarget,
  conversation: SampleConversation,
): Promise<{ whole: CodeSample[]; streaming: CodeSample[] }> {
  const { whole, streaming } = conversationTexts(target, conversation);
  const [wholeViews, streamingViews] = await Promise.all([Promise.all(whole.map(sampleView)), Promise.all(streaming.map(sampleView))]);
  return { whole: wholeViews, streaming: streamingViews };
}

async function pairView({ request, response }: SamplePair): Promise<PairView> {
  const [requestViews, responseView] = await Promise.all([Promise.all(request.map(sampleView)), sampleView(response)]);
  return { request: requestViews, response: responseView };
}

async function sampleView({ id, label, code, language, editRows }: SampleText): Promise<CodeSample> {
  const lines = language === "event-stream" ? await highlightEvents(code) : await highlight(code, language);
  return { id, label, code, lines, editRows };
}

const eventPrefix = "data: ";

/** Server-sent events: no grammar knows them, but what stands behind each `data:` is JSON. */
async function highlightEvents(code: string): Promise<CodeLine[]> {
  const payloads = code.split("\n").map((line) => line.slice(eventPrefix.length));
  const lines = await highlight(payloads.join("\n"), "json");
  return lines.map((line) => (line.length === 0 ? line : [{ text: eventPrefix, color: "var(--muted)" }, ...line]));
}
