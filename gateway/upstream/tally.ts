import type { ChatChunk, OpenAiUsage } from "#lib/contracts/openai/chunk.ts";
import type { TokenCounts } from "#lib/money/usage.ts";
import { hasOutput } from "./read-chunk.ts";

const largestCount = 2 ** 31 - 1;

/** What has been read of an answer so far: whether it has committed and finished, and its tokens. */
export class Tally {
  /** True from the first event with content, reasoning, a tool call or a finish: status, retry and charging turn there. */
  committed = false;
  /** Every choice that was asked for has its finish. */
  finished = false;
  firstTokenMs: number | null = null;
  #events = 0;
  #usage: OpenAiUsage | null = null;
  /** Events with output since the engine's last usage, which does not know of them. */
  #eventsSinceUsage = 0;
  readonly #choices: number;
  /** Indexes of the choices that have their finish. */
  readonly #finishes: number[] = [];

  /** `choices` is how many the answer shall have. */
  constructor(choices = 1) {
    this.#choices = choices;
  }

  /** Takes note of one chunk. `elapsedMs` counts from the request's start; it is asked once. */
  note(chunk: ChatChunk, elapsedMs: () => number): void {
    let output = false;
    for (const choice of chunk.choices) {
      if (hasOutput(choice)) {
        output = true;
        this.#events++;
        this.#eventsSinceUsage++;
      }
      if (choice.finish_reason && !this.#finishes.includes(choice.index ?? 0)) this.#finishes.push(choice.index ?? 0);
    }
    if (this.#finishes.length >= this.#choices) this.finished = true;
    if (isUsage(chunk.usage)) {
      this.#usage = chunk.usage;
      this.#eventsSinceUsage = 0;
    }
    if (!this.committed && (output || this.#finishes.length > 0)) {
      this.committed = true;
      this.firstTokenMs = Math.round(elapsedMs());
    }
  }

  /** Takes note of one more event with a text and nothing else. */
  noteRepeat(): void {
    this.#events++;
    this.#eventsSinceUsage++;
  }

  /** Before a second attempt: what the first one said of its usage does not count. */
  restart(): void {
    this.#usage = null;
    this.#eventsSinceUsage = 0;
  }

  /** Where the counts come from: `none` before the commit, when nothing is charged. */
  get source(): "engine" | "counted" | "none" {
    if (!this.committed) return "none";
    return this.#usage && this.#eventsSinceUsage === 0 ? "engine" : "counted";
  }

  /** Tokens read so far: the engine's own count, and one for each later event. Zero before the commit. */
  get tokens(): TokenCounts {
    if (!this.committed) return { input: 0, cached: 0, output: 0 };
    if (!this.#usage) return { input: 0, cached: 0, output: this.#events };
    const input = bounded(this.#usage.prompt_tokens);
    const cached = Math.min(input, bounded(detail(this.#usage.prompt_tokens_details, "cached_tokens")));
    const output = bounded(this.#usage.completion_tokens + this.#eventsSinceUsage);
    const reasoning = Math.min(output, detail(this.#usage.completion_tokens_details, "reasoning_tokens"));
    return reasoning > 0 ? { input, cached, output, reasoning } : { input, cached, output };
  }

  /** The answer's `usage`: the engine's object with its extra members, else what was counted. */
  get usage(): OpenAiUsage {
    if (this.#usage && this.#eventsSinceUsage === 0) return this.#usage;
    const { input, output } = this.tokens;
    return { ...this.#usage, prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  }
}

function isUsage(value: unknown): value is OpenAiUsage {
  if (typeof value !== "object" || value === null) return false;
  const { prompt_tokens: input, completion_tokens: output } = value as Record<string, unknown>;
  return isCount(input) && isCount(output);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** One count of a usage object's details; 0 where the engine tells none. */
function detail(details: unknown, name: string): number {
  if (typeof details !== "object" || details === null) return 0;
  const count = (details as Record<string, unknown>)[name];
  return isCount(count) ? count : 0;
}

function bounded(count: number): number {
  return Math.min(count, largestCount);
}
