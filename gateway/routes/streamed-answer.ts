import type { ChatChunk, OpenAiUsage } from "#lib/contracts/openai/chunk.ts";
import { openAiErrorBody } from "#lib/contracts/openai/error-body.ts";
import type { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";
import type { Answer, AnswerIdentity } from "../upstream/answer.ts";
import { ChunkTemplate } from "../upstream/chunk-template.ts";
import { type Exchange, elapsedMs, sendError, writeHead } from "./exchange.ts";
import type { Shape } from "./shape.ts";

export interface StreamOptions {
  exchange: Exchange;
  identity: AnswerIdentity;
  shape: Shape;
  includeUsage: boolean;
  limits: Pick<Limits, "heartbeatMs" | "earlyOpenMs">;
}

const streamLines =
  "content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\nx-accel-buffering: no\r\nopenai-processing-ms: ";
const heartbeat = ": keep-alive\n\n";

/**
 * An answer as server-sent events. The 200 is sent with the first chunk of the committed call, or after a long silence
 * so that proxies keep the connection; from then on a failure is an error event, and `[DONE]` stands for completeness.
 */
export class StreamedAnswer implements Answer {
  readonly #options: StreamOptions;
  #timer: NodeJS.Timeout;
  #first = true;
  #template: ChunkTemplate | null = null;
  /** How often learning is still tried: an engine whose events all differ is not worth more. */
  #lessons = 3;
  /** The engine's chunk without choices, for its extra members. */
  #tail: ChatChunk | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#beat(), options.limits.earlyOpenMs);
  }

  chunk(chunk: ChatChunk, text: string): boolean {
    if (chunk.choices.length === 0) {
      this.#tail = chunk;
      return true;
    }
    if (!this.#first && !this.#template && this.#lessons-- > 0) {
      this.#template = ChunkTemplate.learn(text, chunk, (probe) => this.#render(probe));
    }
    const rendered = this.#render(chunk);
    if (!rendered) return true;
    this.#first = false;
    return this.#write(rendered);
  }

  repeat(text: string): boolean | null {
    const rendered = this.#template?.render(text);
    return rendered ? this.#write(rendered) : null;
  }

  #render(chunk: ChatChunk): string | null {
    const { shape, identity, includeUsage } = this.#options;
    // Continuous counts are between instance and gateway; clients see usage once, and only when they asked.
    chunk.usage = includeUsage ? null : undefined;
    const shaped = shape.chunk(chunk, identity, this.#first);
    return shaped && `data: ${JSON.stringify(shaped)}\n\n`;
  }

  finish(usage: OpenAiUsage): void {
    const { shape, identity, includeUsage, exchange } = this.#options;
    this.#open();
    clearTimeout(this.#timer);
    const tail = includeUsage ? `data: ${JSON.stringify(shape.usageChunk(this.#tail, identity, usage))}\n\n` : "";
    exchange.response.end(`${tail}data: [DONE]\n\n`);
  }

  fail(error: AppError): void {
    const { exchange } = this.#options;
    clearTimeout(this.#timer);
    if (!exchange.response.headersSent) {
      sendError(exchange, error);
      return;
    }
    exchange.log.errorCode = error.code;
    exchange.log.cause = error.cause;
    exchange.response.end(`data: ${JSON.stringify(openAiErrorBody(error))}\n\n`);
  }

  abandon(): void {
    clearTimeout(this.#timer);
  }

  onDrain(callback: () => void): void {
    this.#options.exchange.response.onDrain(callback);
  }

  #write(text: string): boolean {
    this.#open();
    this.#timer.refresh();
    return this.#options.exchange.response.write(text);
  }

  #open(): void {
    const { exchange, limits } = this.#options;
    if (exchange.response.headersSent) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(), limits.heartbeatMs);
    writeHead(exchange, 200, [], `${streamLines}${elapsedMs(exchange)}\r\n`);
  }

  #beat(): void {
    // A client that does not even take what is there needs no sign of life.
    if (this.#options.exchange.response.needsDrain) this.#timer.refresh();
    else this.#write(heartbeat);
  }
}
