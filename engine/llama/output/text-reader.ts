import type { TokenData } from "../binding.ts";
import { StopScanner } from "../stop-scanner.ts";
import type { Delta } from "./delta.ts";
import type { OutputReader } from "./reader.ts";
import type { ThinkSplitter } from "./think-splitter.ts";

/** Answers without tools: the text up to a stop string, with the thoughts apart where the model thinks. */
export class TextReader implements OutputReader {
  readonly #scanner: StopScanner;
  readonly #splitter: ThinkSplitter | null;
  #stopped = false;

  constructor(stops: readonly string[], splitter: ThinkSplitter | null) {
    this.#scanner = new StopScanner(stops);
    this.#splitter = splitter;
  }

  push({ token }: TokenData): Delta {
    // A token that ends inside a character comes with no text; the text follows with the token that completes it.
    if (this.#stopped || token === "") return {};
    const { text, stopped } = this.#scanner.push(token);
    this.#stopped = stopped;
    return this.#split(text);
  }

  finish(): Delta {
    const last = this.#split(this.#scanner.flush());
    const rest = this.#splitter?.flush() ?? {};
    return { content: (last.content ?? "") + (rest.content ?? ""), reasoning: (last.reasoning ?? "") + (rest.reasoning ?? "") };
  }

  #split(text: string): Delta {
    return this.#splitter ? this.#splitter.push(text) : { content: text };
  }
}
