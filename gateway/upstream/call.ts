import type { IncomingHttpHeaders } from "node:http";
import { performance } from "node:perf_hooks";
import type { Dispatcher } from "undici";
import { type Due, deadlines } from "../deadlines.ts";
import type { Limits } from "../limits.ts";
import type { InstanceTarget } from "../ports.ts";
import { UpstreamFailure, upstreamFailure } from "./failure.ts";
import { withoutToken } from "./redact.ts";
import { refusal } from "./refusal.ts";
import { SseReader } from "./sse.ts";
import { pathAt } from "./target.ts";

/** Hears of one call; after `end` or `fail` nothing more comes. */
export interface CallSink {
  /** The data of one event. */
  data(text: string): void;
  /** The instance ended its answer cleanly. */
  end(): void;
  fail(failure: UpstreamFailure): void;
}

export interface UpstreamCall {
  pause(): void;
  resume(): void;
  /** Closes the connection, so that the instance stops working; the sink hears nothing more. */
  close(): void;
  /** For a call whose answer is whole: the sink hears nothing more, and the connection may end its stream to be used again. */
  leave(): void;
}

export interface CallOptions {
  dispatcher: Dispatcher;
  instance: InstanceTarget;
  body: string;
  requestId: string;
  firstByteMs: number;
  limits: Pick<Limits, "idleMs" | "maxLineBytes" | "finishGraceMs">;
}

interface Refused {
  status: number;
  retryAfter: string | undefined;
  body: Buffer[];
  bytes: number;
}

const maxRefusalBytes = 64 * 1024;

/** Sends a chat completion to an instance and reads its stream of events. Never throws: failures reach the sink. */
export function openCall(options: CallOptions, sink: CallSink): UpstreamCall {
  const call = new Call(options, sink);
  call.send();
  return call;
}

class Call implements UpstreamCall, Dispatcher.DispatchHandler, Due {
  /** The deadlines'. */
  place = 0;
  deadlineMs: number;
  #isTimed = true;
  readonly #options: CallOptions;
  readonly #sink: CallSink;
  readonly #reader: SseReader;
  #controller: Dispatcher.DispatchController | null = null;
  /** Milliseconds of silence that the deadline stands for, for the error. */
  #silenceMs: number;
  #closed = false;
  #paused = false;
  /** Set for an answer that is no stream: its status, and the first bytes of its body. */
  #refused: Refused | null = null;

  constructor(options: CallOptions, sink: CallSink) {
    this.#options = options;
    this.#sink = sink;
    this.#reader = new SseReader(this, options.limits.maxLineBytes);
    this.#silenceMs = options.firstByteMs;
    this.deadlineMs = performance.now() + options.firstByteMs;
    deadlines.add(this);
  }

  /** For its reader. */
  data(text: string): void {
    if (!this.#closed) this.#sink.data(text);
  }

  send(): void {
    const { dispatcher, instance, body, requestId } = this.#options;
    try {
      dispatcher.dispatch(
        {
          origin: instance.endpoint,
          path: pathAt(instance, "/v1/chat/completions"),
          method: "POST",
          headers: [
            "content-type",
            "application/json",
            "accept",
            "text/event-stream",
            ...(instance.token === null ? [] : ["authorization", `Bearer ${instance.token}`]),
            "x-request-id",
            requestId,
          ],
          body,
          // Limits are kept here, to the millisecond; undici's own are coarse.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (cause) {
      queueMicrotask(() => this.#fail(upstreamFailure("upstream_error", "any", cause)));
    }
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#onSign();
    this.#controller?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTime();
    this.#controller?.abort(closedHere());
  }

  leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#paused) this.#controller?.resume();
    this.deadlineMs = performance.now() + this.#options.limits.finishGraceMs;
  }

  onDue(): void {
    this.#isTimed = false;
    if (this.#closed) this.#controller?.abort(new Error("stream left open"));
    else this.#fail(upstreamFailure("upstream_timeout", "other", new Error(`no byte for ${Math.round(this.#silenceMs)} ms`)));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#closed) controller.abort(closedHere());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#closed || status < 200) return;
    this.#onSign();
    if (status !== 200) {
      this.#refused = { status, retryAfter: headers["retry-after"], body: [], bytes: 0 };
    } else if (!/^text\/event-stream\b/i.test(headers["content-type"] ?? "")) {
      this.#fail(
        upstreamFailure("upstream_invalid_response", "other", new Error(this.#cleared(`content-type ${headers["content-type"]}`))),
      );
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#closed) return;
    if (!this.#paused) this.#onSign();
    try {
      if (this.#refused) this.#keepRefusal(this.#refused, chunk);
      else this.#reader.push(chunk);
    } catch (thrown) {
      this.#fail(thrown instanceof UpstreamFailure ? thrown : upstreamFailure("upstream_invalid_response", "none", thrown));
    }
  }

  onResponseEnd(): void {
    this.#stopTime();
    if (this.#closed) return;
    if (this.#refused) {
      this.#endRefusal(this.#refused);
    } else {
      this.#closed = true;
      this.#sink.end();
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#stopTime();
    if (this.#closed) return;
    const begun = this.#controller !== null;
    if (this.#refused) this.#endRefusal(this.#refused);
    else this.#fail(upstreamFailure(begun ? "upstream_stream_interrupted" : "upstream_error", "any", cause));
  }

  #keepRefusal(refused: Refused, chunk: Buffer): void {
    // Copied: the memory of what has arrived is used again.
    refused.body.push(Buffer.from(chunk.subarray(0, maxRefusalBytes - refused.bytes)));
    refused.bytes += chunk.length;
    if (refused.bytes >= maxRefusalBytes) this.#endRefusal(refused);
  }

  #endRefusal(refused: Refused): void {
    this.#fail(refusal(refused.status, refused.retryAfter, this.#cleared(Buffer.concat(refused.body).toString("utf8"))));
  }

  #cleared(text: string): string {
    return withoutToken(text, this.#options.instance.token);
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#closed) return;
    this.close();
    this.#sink.fail(failure);
  }

  /** The instance has shown that it is there: it may be silent for as long again. */
  #onSign(): void {
    this.#silenceMs = this.#options.limits.idleMs;
    this.deadlineMs = performance.now() + this.#silenceMs;
  }

  #stopTime(): void {
    if (this.#isTimed) deadlines.remove(this);
    this.#isTimed = false;
  }
}

function closedHere(): Error {
  return new Error("closed by the gateway");
}
