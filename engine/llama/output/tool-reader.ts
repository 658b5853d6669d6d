import { randomBytes } from "node:crypto";
import type { CompletionResult, ParsedToolCall, TokenData } from "../binding.ts";
import { StopScanner } from "../stop-scanner.ts";
import type { Delta, ToolCallDelta } from "./delta.ts";
import type { OutputReader } from "./reader.ts";

/** Answers with tools: the binding parses all the text so far at each token; this gives what is new in it. */
export class ToolReader implements OutputReader {
  readonly #scanner: StopScanner;
  #content = "";
  #reasoning = "";
  readonly #calls: { arguments: string }[] = [];

  constructor(stops: readonly string[]) {
    this.#scanner = new StopScanner(stops);
  }

  push({ content, reasoning_content: reasoning, tool_calls: calls }: TokenData): Delta {
    return {
      content: this.#scanner.push(this.#newContent(content)).text,
      reasoning: this.#newReasoning(reasoning),
      toolCalls: this.#newCalls(calls),
    };
  }

  finish(result: CompletionResult): Delta {
    const isUnread = !result.content && !result.reasoning_content && !result.tool_calls?.length;
    // What does not parse is text.
    const last = this.push({ token: "", ...result, ...(isUnread ? { content: result.text } : {}) });
    return { ...last, content: (last.content ?? "") + this.#scanner.flush() };
  }

  #newContent(content = ""): string {
    const piece = addition(this.#content, content);
    this.#content += piece;
    return piece;
  }

  #newReasoning(reasoning = ""): string {
    const piece = addition(this.#reasoning, reasoning);
    this.#reasoning += piece;
    return piece;
  }

  #newCalls(calls: readonly ParsedToolCall[] = []): ToolCallDelta[] {
    return calls.flatMap((call, index) => this.#newPartOf(call, index));
  }

  #newPartOf({ id, function: { name, arguments: text } }: ParsedToolCall, index: number): ToolCallDelta[] {
    const known = this.#calls[index];
    if (known === undefined) {
      this.#calls.push({ arguments: text });
      return [{ index, id: id || `call_${randomBytes(12).toString("hex")}`, name, arguments: text }];
    }
    const piece = addition(known.arguments, text);
    known.arguments += piece;
    return piece === "" ? [] : [{ index, arguments: piece }];
  }
}

/** What a text has gained. Nothing where it was rewritten: a half-read token may look like text until it is whole. */
function addition(before: string, now: string): string {
  return now.startsWith(before) ? now.slice(before.length) : "";
}
