import { AppError } from "#lib/errors.ts";
import { checkGrammar } from "../grammar/check-grammar.ts";
import { quote } from "../grammar/literals.ts";
import type { BindingContext, FormatOptions, FormattedByTemplate, ReasoningFormat } from "./binding.ts";
import type { ControlTexts } from "./control-texts.ts";
import type { ThinkingTags } from "./output/think-splitter.ts";
import { parserTools, type Tool } from "./tools.ts";

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  /** What an earlier answer had thought. */
  reasoning_content?: string;
  tool_calls?: readonly { id: string; type: "function"; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
  name?: string;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  tools: readonly Tool[];
  /** Whether the answer must be a call. */
  mustCall: boolean;
  /** Whether it may then be several. */
  parallelCalls: boolean;
  /** Whether a model that can think should. */
  thinking: boolean;
  /** Whether what it thinks is parted from what it says. */
  thoughtsApart: boolean;
  /** Values that the template may read. */
  templateArguments: Readonly<Record<string, unknown>>;
}

/** How the binding parses what a template's model writes. */
export interface AnswerParser {
  format: number;
  parser: string;
  generationPrompt: string;
  reasoningFormat: ReasoningFormat;
}

export interface FormattedChat {
  text: string;
  /** Forces a call. */
  grammar: string | null;
  /** With tools only. */
  parser: AnswerParser | null;
  /** Null where the model does not think. */
  thinking: (ThinkingTags & { isOpen: boolean }) | null;
}

/** The model's chat template, and what it is able to do. */
export class ChatTemplate {
  readonly hasTools: boolean;
  readonly #context: BindingContext;
  readonly #controlTexts: ControlTexts;
  readonly #isJinja: boolean;

  constructor(context: BindingContext, controlTexts: ControlTexts) {
    this.#context = context;
    this.#controlTexts = controlTexts;
    this.#isJinja = context.isJinjaSupported();
    const { jinja } = context.getModelInfo().chatTemplates;
    this.hasTools = this.#isJinja && (jinja.toolUse || jinja.defaultCaps?.tools === true);
  }

  /** Applies the template. Throws what the template engine throws, and AppError where no call can be forced. */
  format(request: ChatRequest): FormattedChat {
    const messages = this.#disarm(request.messages);
    const all = this.#disarm(request.tools);
    const options = this.#options(request);
    const tools = request.mustCall ? all : parserTools(all);
    const analysis = this.#apply(messages, { ...options, tools, tool_choice: request.mustCall ? "required" : "auto" });
    if (typeof analysis === "string") return { text: analysis, grammar: null, parser: null, thinking: null };
    const { chat_format: format, chat_parser: parser } = analysis;
    const { thinking_start_tag: start, thinking_end_tag: end, thinking_forced_open: isOpen } = analysis;
    // Some templates open the thoughts in spite of being told not to.
    const closing = isOpen && !request.thinking ? `${end}\n\n` : "";
    const generationPrompt = analysis.generation_prompt + closing;
    const prompt = tools === all ? analysis.prompt : this.#promptWith(messages, all, options);
    return {
      text: prompt + closing,
      grammar: request.mustCall ? callGrammar(analysis, request.parallelCalls) : null,
      parser: tools.length > 0 ? { format, parser, generationPrompt, reasoningFormat: options.reasoning_format } : null,
      thinking: start && end ? { start, end, isOpen: isOpen && closing === "" } : null,
    };
  }

  /** With the tools in full, of which no grammar is made. */
  #promptWith(messages: readonly ChatMessage[], tools: readonly Tool[], options: FormatOptions): string {
    const formatted = this.#apply(messages, { ...options, tools, tool_choice: "none" });
    return typeof formatted === "string" ? formatted : formatted.prompt;
  }

  #options({ thinking, thoughtsApart, parallelCalls, templateArguments }: ChatRequest): FormatOptions {
    const values = Object.entries(this.#disarm(templateArguments)).map(([key, value]) => [key, JSON.stringify(value)]);
    return {
      jinja: this.#isJinja,
      add_generation_prompt: true,
      enable_thinking: thinking,
      reasoning_format: thoughtsApart ? "deepseek" : "none",
      parallel_tool_calls: parallelCalls,
      chat_template_kwargs: Object.fromEntries(values),
    };
  }

  #apply(messages: readonly ChatMessage[], { tools = [], ...options }: FormatOptions): FormattedByTemplate | string {
    return this.#context.ctx.getFormattedChat(messages, undefined, tools.length > 0 ? { ...options, tools } : options);
  }

  /** The value with every text in it disarmed, names of members included. */
  #disarm<Value>(value: Value): Value {
    return disarmAll(value, this.#controlTexts.disarm) as Value;
  }
}

function disarmAll(value: unknown, disarm: (text: string) => string): unknown {
  if (typeof value === "string") return disarm(value);
  if (Array.isArray(value)) return value.map((one) => disarmAll(one, disarm));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [disarm(key), disarmAll(one, disarm)]));
}

/**
 * The template's own grammar of a call, without what stands before the answer: the binding would feed that to the grammar on
 * its decoding thread, where a disagreement ends the process. The thoughts, the free text and the many blanks that it allows
 * go too: a small model would not stop writing them.
 */
function callGrammar({ grammar, generation_prompt: prompt }: FormattedByTemplate, parallelCalls: boolean): string {
  const calls = rootOfCalls(/^root ::= (.*)$/m.exec(grammar)?.[1] ?? "", prompt);
  const rules = grammar.replace(/^root ::= .*$/m, `root ::= ${calls}`);
  const often = parallelCalls ? rules : rules.replace(/^(tool-calls ::= .*)\+$/m, "$1");
  const forced = often.replace(/^space ::= .*$/m, 'space ::= "" | " " | "\\n"');
  const fault = calls === null ? "what precedes an answer is not known" : checkGrammar(forced);
  if (fault === null) return forced;
  throw new AppError("invalid_value", "This model cannot be made to call a tool; leave `tool_choice` at `auto`.", {
    param: "tool_choice",
    cause: new Error(fault),
  });
}

/** What remains of a root rule for the calls alone. The templates that llama.cpp has no special code for all end in `tool-calls`. */
function rootOfCalls(root: string, prompt: string): string | null {
  if (root.endsWith(" tool-calls")) return "tool-calls";
  const beginning = `${quote(prompt)} `;
  return root.startsWith(beginning) ? root.slice(beginning.length) : null;
}
