import { ApiError } from "#components/ui/api.ts";
import type { AnswerError, AnswerFigures } from "#lib/contracts/conversations.ts";
import type { TrialInput } from "#lib/contracts/trial.ts";
import { streamTrial } from "../stream.ts";
import { framePacer } from "./frames.ts";
import type { Message } from "./message.ts";
import { readReceipt } from "./receipt.ts";

export interface AnswerEvents {
  /** The answer as far as it is written; at most once a frame. */
  update(answer: Message): void;
  /** Its last state; figures of the receipt may follow by `update`. */
  end(answer: Message): void;
  /** The receipt has been read. */
  settled(answer: Message): void;
}

/** Streams one answer into `first`. Never rejects: how it went is told by the answer's state. */
export async function writeAnswer(first: Message, input: TrialInput, signal: AbortSignal, events: AnswerEvents): Promise<void> {
  let answer = first;
  const pacer = framePacer(() => events.update(answer));
  const set = (news: Partial<Message>) => {
    answer = { ...answer, ...news };
  };
  const measure = (news: Partial<AnswerFigures>) => set({ figures: { ...answer.figures, ...news } });
  const startMs = performance.now();
  const elapsed = () => Math.round(performance.now() - startMs);
  try {
    for await (const event of streamTrial(input, signal)) {
      if (event.type === "begin") set({ requestId: event.requestId });
      else if (event.type === "usage") measure({ inputTokens: event.inputTokens, outputTokens: event.outputTokens });
      else if (event.type === "finish") set({ finishReason: event.reason });
      else {
        if (answer.figures.firstTokenMs === null) measure({ firstTokenMs: elapsed() });
        if (event.type === "text") set({ text: answer.text + event.text });
        else set({ reasoning: answer.reasoning + event.text });
      }
      pacer.ask();
    }
    set({ state: "complete" });
  } catch (error) {
    if (signal.aborted) set({ state: "stopped" });
    else set({ state: "failed", error: toAnswerError(error) });
  }
  measure({ totalMs: elapsed() });
  pacer.flush();
  events.end(answer);
  const receipt = answer.requestId ? await readReceipt(answer.requestId) : null;
  if (!receipt) return;
  const { inputTokens, outputTokens, chargeNano, currency } = receipt;
  measure({ inputTokens, outputTokens, chargeNano, currency });
  events.settled(answer);
}

function toAnswerError(error: unknown): AnswerError {
  if (!(error instanceof ApiError)) return { code: "upstream_invalid_response", message: String(error).slice(0, 2_000), requestId: null };
  return { code: error.code.slice(0, 64), message: error.message.slice(0, 2_000), requestId: error.requestId || null };
}
