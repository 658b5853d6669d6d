import type { ChatChunk, OpenAiUsage } from "#lib/contracts/openai/chunk.ts";
import type { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";
import type { Answer, AnswerIdentity } from "../upstream/answer.ts";
import { Assembler } from "../upstream/assemble.ts";
import { upstreamFailure } from "../upstream/failure.ts";
import { type Exchange, sendError, sendJson } from "./exchange.ts";
import type { Shape } from "./shape.ts";

export interface WholeOptions {
  exchange: Exchange;
  identity: AnswerIdentity;
  shape: Shape;
  limits: Pick<Limits, "maxAnswerBytes">;
}

/** An answer in one piece: the instance's stream is put together, and the status is known before anything is sent. */
export class WholeAnswer implements Answer {
  readonly #options: WholeOptions;
  readonly #assembler = new Assembler();
  #bytes = 0;

  constructor(options: WholeOptions) {
    this.#options = options;
  }

  chunk(chunk: ChatChunk, text: string): boolean {
    this.#bytes += text.length;
    if (this.#bytes > this.#options.limits.maxAnswerBytes) {
      throw upstreamFailure("upstream_invalid_response", "none", new Error("answer too long"));
    }
    this.#assembler.add(chunk);
    return true;
  }

  repeat(): null {
    return null;
  }

  finish(usage: OpenAiUsage): void {
    const { exchange, shape, identity } = this.#options;
    sendJson(exchange, 200, shape.whole(this.#assembler.result(), identity, usage));
  }

  fail(error: AppError): void {
    sendError(this.#options.exchange, error);
  }

  abandon(): void {}

  onDrain(): void {}
}
