import type { ChatChunk, ChunkChoice, ChunkDelta, ToolCallDelta } from "#lib/contracts/openai/chunk.ts";

/** Members of a delta that arrive in pieces of text. */
const textMembers = new Set(["content", "reasoning_content", "reasoning", "refusal"]);

/** A whole answer without its identity and usage. */
export interface Assembled {
  /** Members beside the known ones that the engine sent. */
  extra: Record<string, unknown>;
  /** By index. */
  choices: AssembledChoice[];
}

export interface AssembledChoice {
  index: number;
  /** Members of the choice beside message and finish_reason, logprobs among them. */
  choice: Record<string, unknown>;
  message: { role: string; content: string | null; [member: string]: unknown };
  finishReason: string;
}

/** Puts the chunks of a chat stream together to whole messages. Members it does not know pass through, the last one told wins. */
export class Assembler {
  readonly #extra: Record<string, unknown> = {};
  /** In the order of their first chunk; few. */
  readonly #choices: { index: number; assembler: ChoiceAssembler }[] = [];

  add(chunk: ChatChunk): void {
    for (const name in chunk) {
      if (isExtra(name)) this.#extra[name] = chunk[name];
    }
    for (const choice of chunk.choices) this.#choice(choice.index ?? 0).add(choice);
  }

  result(): Assembled {
    if (this.#choices.length === 0) this.#choice(0);
    if (this.#choices.length > 1) this.#choices.sort((a, b) => a.index - b.index);
    const choices = this.#choices.map(({ index, assembler }) => assembler.result(index));
    return { extra: this.#extra, choices };
  }

  #choice(index: number): ChoiceAssembler {
    const known = this.#choices.find((choice) => choice.index === index);
    if (known) return known.assembler;
    const assembler = new ChoiceAssembler();
    this.#choices.push({ index, assembler });
    return assembler;
  }
}

/** Whether the answer has that member of a chunk neither of its own nor in another place. */
function isExtra(name: string): boolean {
  switch (name) {
    case "id":
    case "object":
    case "created":
    case "model":
    case "choices":
    case "usage":
      return false;
    default:
      return true;
  }
}

function isKept(name: string): boolean {
  return name !== "index" && name !== "delta" && name !== "finish_reason" && name !== "logprobs";
}

class ChoiceAssembler {
  readonly #choice: Record<string, unknown> = {};
  readonly #message: Record<string, unknown> = {};
  readonly #text: Record<string, string> = {};
  #toolCalls: Map<number, ToolCallDelta> | null = null;
  #finishReason = "stop";

  result(index: number): AssembledChoice {
    const message: Record<string, unknown> = { role: "assistant", content: null, ...this.#message };
    Object.assign(message, this.#text);
    if (this.#toolCalls) message.tool_calls = [...this.#toolCalls].sort(([a], [b]) => a - b).map(([, { index: _, ...call }]) => call);
    else message.content ??= "";
    return { index, choice: this.#choice, message: message as AssembledChoice["message"], finishReason: this.#finishReason };
  }

  add(choice: ChunkChoice): void {
    const { delta, finish_reason: finish, logprobs } = choice;
    for (const name in choice) {
      if (isKept(name)) this.#choice[name] = choice[name];
    }
    if (finish) this.#finishReason = finish;
    if (logprobs) this.#choice.logprobs = mergeLogprobs(this.#choice.logprobs, logprobs);
    if (delta) this.#addDelta(delta);
  }

  #addDelta(delta: ChunkDelta): void {
    for (const name in delta) {
      const value = delta[name];
      if (name === "tool_calls") {
        if (Array.isArray(value)) for (const call of value) this.#addToolCall(call);
      } else if (textMembers.has(name)) {
        // Joined as it comes: the engine keeps such a text as a tree of its pieces until it is read.
        if (typeof value === "string") this.#text[name] = (this.#text[name] ?? "") + value;
      } else {
        this.#message[name] = value;
      }
    }
  }

  #addToolCall(delta: ToolCallDelta): void {
    const index = delta.index ?? 0;
    this.#toolCalls ??= new Map();
    const call = this.#toolCalls.get(index);
    if (!call) {
      this.#toolCalls.set(index, { ...delta, type: delta.type ?? "function", function: { arguments: "", ...delta.function } });
      return;
    }
    const { function: piece, ...rest } = delta;
    Object.assign(call, rest);
    call.type ??= "function";
    const name = call.function?.name ?? piece?.name;
    call.function = { ...call.function, ...(name ? { name } : {}), arguments: (call.function?.arguments ?? "") + (piece?.arguments ?? "") };
  }
}

/** Log probabilities come as lists that continue each other. */
function mergeLogprobs(before: unknown, piece: unknown): unknown {
  if (!isRecord(before) || !isRecord(piece)) return piece;
  const merged: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(piece)) {
    const earlier = merged[name];
    merged[name] = Array.isArray(earlier) && Array.isArray(value) ? [...earlier, ...value] : (value ?? earlier);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
