import type { Dispatcher } from "undici";
import { type AppError, toAppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";
import type { InstanceTarget, UsageEntry } from "../ports.ts";
import type { Picker, Seat } from "../routing/picker.ts";
import { resultOf, UpstreamFailure, upstreamFailure } from "./failure.ts";
import { withoutToken } from "./redact.ts";
import { refusal } from "./refusal.ts";
import { overloaded, pathAt } from "./target.ts";

export interface WholeCallOptions {
  requestId: string;
  /** Path at an instance of ours, e.g. `/v1/embeddings`. */
  path: string;
  bodyFor(instance: InstanceTarget): string;
  instances: readonly InstanceTarget[];
  picker: Picker;
  dispatcher: Dispatcher;
  /** For all attempts together. */
  answerMs: number;
  limits: Pick<Limits, "maxAnswerBytes">;
}

export interface WholeCallEnd {
  outcome: UsageEntry["outcome"];
  /** Null for an answer, and where the client left. */
  error: AppError | null;
  instanceId: string | null;
  /** What the instance answered; null where it did not. */
  answer: Record<string, unknown> | null;
}

const maxAttempts = 2;
const maxRefusalBytes = 64 * 1024;

/** One admitted call whose answer comes in one piece. Nothing of it reaches the client before it is whole, so one failed attempt may be repeated. */
export class WholeCall {
  readonly #options: WholeCallOptions;
  readonly #tried: string[] = [];
  #controller = new AbortController();
  #stopped: { outcome: "client_gone" | "upstream_error"; error: AppError | null } | null = null;
  #instanceId: string | null = null;

  constructor(options: WholeCallOptions) {
    this.#options = options;
  }

  /** Runs the call; resolves once, whatever happens. */
  async run(): Promise<WholeCallEnd> {
    const deadlineMs = performance.now() + this.#options.answerMs;
    let failure = overloaded();
    for (let attempt = 1; attempt <= maxAttempts && !this.#stopped; attempt++) {
      const seat = attempt === 1 ? this.#pick("other") : this.#pick(failure.retry);
      if (!seat) break;
      const left = Math.max(1, deadlineMs - performance.now());
      const others = this.#options.instances.some((instance) => !this.#tried.includes(instance.id));
      try {
        const answer = await this.#attempt(seat, attempt < maxAttempts && others ? left / 2 : left);
        seat.release("answered");
        if (!this.#stopped) return { outcome: "completed", error: null, instanceId: this.#instanceId, answer };
      } catch (thrown) {
        failure = thrown instanceof UpstreamFailure ? thrown : new UpstreamFailure(toAppError(thrown), "none");
        seat.release(this.#stopped ? "unclear" : resultOf(failure));
      }
    }
    const { outcome, error } = this.#stopped ?? {
      outcome: failure.timedOut ? ("timeout" as const) : ("upstream_error" as const),
      error: failure.error,
    };
    return { outcome, error, instanceId: this.#instanceId, answer: null };
  }

  /** The client has left: the instance must stop at once. */
  leave(): void {
    this.#stop("client_gone", null);
  }

  /** Ends the call from outside, e.g. at shutdown; the client is told this error. */
  interrupt(error: AppError): void {
    this.#stop("upstream_error", error);
  }

  #stop(outcome: "client_gone" | "upstream_error", error: AppError | null): void {
    this.#stopped ??= { outcome, error };
    this.#controller.abort(new Error("closed by the gateway"));
  }

  #pick(scope: UpstreamFailure["retry"]): Seat | null {
    if (scope === "none") return null;
    const { picker, instances } = this.#options;
    const seat = picker.pick(instances, this.#tried) ?? (scope === "any" ? picker.pick(instances, []) : null);
    if (seat) {
      this.#tried.push(seat.instance.id);
      this.#instanceId = seat.instance.id;
    }
    return seat;
  }

  async #attempt({ instance }: Seat, limitMs: number): Promise<Record<string, unknown>> {
    const controller = new AbortController();
    this.#controller = controller;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort(new Error(`no answer in ${Math.round(limitMs)} ms`));
    }, limitMs);
    try {
      return await this.#ask(instance, controller.signal);
    } catch (thrown) {
      if (late) throw upstreamFailure("upstream_timeout", "other", thrown);
      throw thrown instanceof UpstreamFailure ? thrown : upstreamFailure("upstream_error", "any", thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(instance: InstanceTarget, signal: AbortSignal): Promise<Record<string, unknown>> {
    const { dispatcher, path, bodyFor, requestId, limits } = this.#options;
    const response = await dispatcher.request({
      origin: instance.endpoint,
      path: pathAt(instance, path),
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "x-request-id": requestId,
        ...(instance.token === null ? {} : { authorization: `Bearer ${instance.token}` }),
      },
      body: bodyFor(instance),
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const refused = response.statusCode !== 200;
    const text = await readText(response.body, refused ? maxRefusalBytes : limits.maxAnswerBytes, refused);
    const retryAfter = response.headers["retry-after"];
    if (refused)
      throw refusal(response.statusCode, typeof retryAfter === "string" ? retryAfter : undefined, withoutToken(text, instance.token));
    return readObject(text);
  }
}

/** A body as text, up to a size. Beyond it the rest is left unread where `cut` allows, else an UpstreamFailure is thrown. */
async function readText(body: AsyncIterable<Buffer>, maxBytes: number, cut: boolean): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxBytes) {
      if (cut) break;
      throw upstreamFailure("upstream_invalid_response", "none", new Error("answer too long"));
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function readObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw upstreamFailure("upstream_invalid_response", "other", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw upstreamFailure("upstream_invalid_response", "other");
  return value as Record<string, unknown>;
}
