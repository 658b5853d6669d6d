import type { ServerResponse } from "node:http";
import type { AppError } from "#lib/errors.ts";
import { errorBody } from "../shapes/error.ts";
import { ClientGone } from "./exchange.ts";

/** Bytes that may wait for one client. Generation cannot pause, so a client that reads nothing would fill the memory. */
const maxUnreadBytes = 4 * 1024 * 1024;

/** Server-sent events as OpenAI writes them. The headers go out with the first event, so that a failure before it keeps its status. */
export class EventStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get begun(): boolean {
    return this.#response.headersSent;
  }

  /** Throws {@link ClientGone} where the client has stopped reading. */
  send(event: object): void {
    if (!this.begun) {
      this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    }
    this.#response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (this.#response.writableLength > maxUnreadBytes) {
      this.#response.destroy();
      throw new ClientGone("the client has stopped reading");
    }
  }

  /** Ends a complete answer. */
  done(): void {
    this.#response.end("data: [DONE]\n\n");
  }

  /** Ends an answer that broke off: an error event and no `[DONE]`, so that nobody takes it for a whole one. */
  fail(error: AppError): void {
    this.send(errorBody(error));
    this.#response.end();
  }
}
