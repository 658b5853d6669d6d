import { AppError } from "#lib/errors.ts";
import type { BindingContext } from "./binding.ts";
import { type ChatMessage, type ChatRequest, ChatTemplate, type FormattedChat } from "./chat-template.ts";
import { type ControlTexts, createControlTexts } from "./control-texts.ts";
import type { Vocabulary } from "./weights-header.ts";

/** Stands in a prompt where an image goes; the binding's own marker. */
export const imageMarker = "<__media__>";

export interface Prompt {
  text: string;
  tokens: Int32Array;
  /** Images as data URLs, one for each marker in the text. */
  images: readonly string[];
}

export interface ChatPrompt extends Omit<FormattedChat, "text"> {
  prompt: Prompt;
}

export interface ImagesIn {
  images: readonly string[];
}

/** The template engine's time grows with the square of the messages: these take about 0.7 s, in which nothing else is served. */
const maxMessages = 2048;

/** Makes prompts that fit the context. */
export class Prompts {
  readonly template: ChatTemplate;
  readonly #context: BindingContext;
  readonly #contextTokens: number;
  readonly #controlTexts: ControlTexts;
  readonly #longestTokenBytes: number;
  readonly #isChatModel: boolean;
  /** Tokens that the chat template puts around each message. */
  #messageTokens = 0;

  private constructor(context: BindingContext, vocabulary: Vocabulary, contextTokens: number) {
    this.#context = context;
    this.#contextTokens = contextTokens;
    this.#controlTexts = createControlTexts(vocabulary.controlTexts);
    this.#longestTokenBytes = vocabulary.longestBytes;
    this.template = new ChatTemplate(context, this.#controlTexts);
    this.#isChatModel = context.getModelInfo().metadata["tokenizer.chat_template"] !== undefined;
  }

  static async create(context: BindingContext, vocabulary: Vocabulary, contextTokens: number): Promise<Prompts> {
    const prompts = new Prompts(context, vocabulary, contextTokens);
    prompts.#messageTokens = await prompts.#tokensAroundMessage();
    return prompts;
  }

  async tokenize(text: string, images: readonly string[] = []): Promise<Int32Array> {
    if (text === "") return new Int32Array();
    return (await this.#context.tokenize(text, { media_paths: images })).tokens;
  }

  /** Applies the model's chat template. Throws AppError where the template refuses the messages or they do not fit. */
  async chat(request: ChatRequest & ImagesIn, param = "messages"): Promise<ChatPrompt> {
    const { messages, tools } = request;
    if (messages.length > maxMessages) {
      throw new AppError("request_too_complex", `A request may have at most ${maxMessages} messages.`, { param });
    }
    const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message.content), 0) + textBytes(tools);
    this.#refuseHopeless(Math.ceil(bytes / this.#longestTokenBytes) + messages.length * this.#messageTokens, param);
    let formatted: FormattedChat;
    try {
      formatted = this.template.format(request);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("invalid_value", "The model's chat template refuses these messages.", { param, cause: error });
    }
    const { text, ...rest } = formatted;
    return { ...rest, prompt: await this.fit(text, param, request.images) };
  }

  /**
   * The prompt of a text completion. A chat model knows nothing but conversations, so plain text is asked as a user's message;
   * text with control symbols in it has been formatted by its sender and is taken as it is.
   */
  async text(text: string): Promise<Prompt> {
    if (this.#isChatModel && !this.#controlTexts.found(text)) {
      return (await this.chat(plainChat([{ role: "user", content: text }]), "prompt")).prompt;
    }
    this.#refuseHopeless(Math.ceil(Buffer.byteLength(text) / this.#longestTokenBytes), "prompt");
    return this.fit(text, "prompt", []);
  }

  /** Counts a formatted prompt; it must leave room for at least one token of answer. */
  async fit(text: string, param: string, images: readonly string[]): Promise<Prompt> {
    let tokens: Int32Array;
    try {
      tokens = await this.tokenize(text, images);
    } catch (error) {
      if (images.length === 0) throw error;
      throw new AppError("unsupported_image_url", "An image could not be read. Send PNG or JPEG as a base64 data URL.", {
        param,
        cause: error,
      });
    }
    if (tokens.length >= this.#contextTokens) throw tooLong(this.#contextTokens, String(tokens.length), param);
    return { text, tokens, images };
  }

  /** Formatting and tokenizing take long for what is huge; what cannot fit by its size alone is refused unread. */
  #refuseHopeless(least: number, param: string): void {
    if (least >= this.#contextTokens) throw tooLong(this.#contextTokens, `at least ${least}`, param);
  }

  async #tokensAroundMessage(): Promise<number> {
    const question: ChatMessage = { role: "user", content: "" };
    const answer: ChatMessage = { role: "assistant", content: "" };
    const count = async (messages: ChatMessage[]) => (await this.tokenize(this.template.format(plainChat(messages)).text)).length;
    try {
      return Math.max(0, Math.floor(((await count([question, answer, question])) - (await count([question]))) / 2));
    } catch {
      // A template may refuse empty messages; then only their text is counted beforehand.
      return 0;
    }
  }
}

function plainChat(messages: ChatMessage[]): ChatRequest & ImagesIn {
  return {
    messages,
    tools: [],
    mustCall: false,
    parallelCalls: false,
    thinking: true,
    thoughtsApart: false,
    templateArguments: {},
    images: [],
  };
}

function textBytes(tools: readonly object[]): number {
  return tools.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(tools));
}

export function tooLong(limit: number, tokens: string, param: string): AppError {
  return new AppError(
    "context_length_exceeded",
    `This model's context length is ${limit} tokens, and your prompt has ${tokens}; it must leave room for an answer. Shorten the prompt.`,
    { param },
  );
}
