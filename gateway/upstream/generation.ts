import { performance } from "node:perf_hooks";
import type { Dispatcher } from "undici";
import type { ChatChunk } from "#lib/contracts/openai/chunk.ts";
import { type AppError, toAppError } from "#lib/errors.ts";
import type { TokenCounts } from "#lib/money/usage.ts";
import { type Due, deadlines } from "../deadlines.ts";
import type { Limits } from "../limits.ts";
import type { InstanceTarget, UsageEntry } from "../ports.ts";
import type { CallResult, Picker, Seat } from "../routing/picker.ts";
import type { Answer } from "./answer.ts";
import { type CallSink, openCall, type UpstreamCall } from "./call.ts";
import { resultOf, UpstreamFailure, upstreamFailure } from "./failure.ts";
import { readChunk } from "./read-chunk.ts";
import { Tally } from "./tally.ts";
import { overloaded } from "./target.ts";

export interface GenerationOptions {
  requestId: string;
  instances: readonly InstanceTarget[];
  /** The chat completion that an attempt at that instance sends. */
  bodyFor(instance: InstanceTarget): string;
  /** How many choices the answer shall have. */
  choices: number;
  answer: Answer;
  picker: Picker;
  dispatcher: Dispatcher;
  limits: Limits;
  /** `performance.now()` at the request's start. */
  startedMs: number;
  /** Called after each event of the committed call with the tokens so far. */
  onProgress?: (tokens: TokenCounts) => void;
}

export interface GenerationEnd {
  outcome: UsageEntry["outcome"];
  /** Null for a complete answer, and where the client left. */
  error: AppError | null;
  instanceId: string | null;
  tally: Tally;
}

const maxAttempts = 2;

/**
 * One admitted call, from the choice of an instance to its one end. Before the commit a failed attempt may be repeated
 * once; after it a failure is the client's to see, because a second answer would differ from the first.
 */
export class Generation implements Due, CallSink {
  /** The deadlines'. */
  place = 0;
  deadlineMs: number;
  readonly #options: GenerationOptions;
  readonly #tally: Tally;
  readonly #tried: string[] = [];
  readonly #ended = Promise.withResolvers<GenerationEnd>();
  readonly #firstByteDeadlineMs: number;
  readonly #elapsedMs = () => performance.now() - this.#options.startedMs;
  #held: { chunk: ChatChunk; text: string }[] = [];
  #heldBytes = 0;
  #attempts = 0;
  #seat: Seat | null = null;
  #call: UpstreamCall | null = null;
  #isTimed = true;
  #inGrace = false;
  #done = false;

  constructor(options: GenerationOptions) {
    this.#options = options;
    this.#tally = new Tally(options.choices);
    const nowMs = performance.now();
    this.#firstByteDeadlineMs = nowMs + options.limits.firstByteMs;
    this.deadlineMs = nowMs + options.limits.totalMs;
    options.answer.onDrain(() => this.#call?.resume());
  }

  /** Runs the call; resolves once, whatever happens. */
  run(): Promise<GenerationEnd> {
    deadlines.add(this);
    const seat = this.#options.picker.pick(this.#options.instances, this.#tried);
    if (seat) this.#attempt(seat);
    else this.fail(overloaded());
    return this.#ended.promise;
  }

  /** The total time is over, or, after the finish, the time that the end of the stream was waited for. */
  onDue(): void {
    this.#isTimed = false;
    this.fail(upstreamFailure("upstream_timeout", "none", new Error("total time limit")));
  }

  /** The client has left: the instance must stop at once. */
  leave(): void {
    this.#end("client_gone", null);
  }

  /** Ends the call from outside, e.g. at shutdown; the client is told this error. */
  interrupt(error: AppError): void {
    this.#end("upstream_error", error);
  }

  #attempt(seat: Seat): void {
    const { dispatcher, bodyFor, requestId, limits } = this.#options;
    this.#attempts++;
    this.#seat = seat;
    this.#tried.push(seat.instance.id);
    this.#held = [];
    this.#heldBytes = 0;
    this.#tally.restart();
    this.#call = openCall(
      { dispatcher, instance: seat.instance, body: bodyFor(seat.instance), requestId, limits, firstByteMs: this.#firstByteMs() },
      this,
    );
  }

  /** The limit holds for the call as a whole, so a first attempt leaves half of it to another instance. */
  #firstByteMs(): number {
    const left = Math.max(1, this.#firstByteDeadlineMs - performance.now());
    const others = this.#options.instances.some((instance) => !this.#tried.includes(instance.id));
    return this.#attempts < maxAttempts && others ? left / 2 : left;
  }

  /** For its call. */
  data(text: string): void {
    if (this.#done) return;
    if (text === "[DONE]") {
      this.end();
      return;
    }
    if (this.#tally.committed && this.#repeat(text)) return;
    let chunk: ChatChunk;
    try {
      chunk = readChunk(text, this.#seat?.instance.token ?? null);
    } catch (thrown) {
      this.fail(asFailure(thrown));
      return;
    }
    try {
      this.#onChunk(chunk, text);
    } catch (thrown) {
      // The answer could not take it, so it is not whole, whatever the instance says of a finish.
      this.#end("upstream_error", asFailure(thrown).error);
    }
  }

  /** True for an event that differs from an earlier one only in its text: it needs no reading. */
  #repeat(text: string): boolean {
    const room = this.#options.answer.repeat(text);
    if (room === null) return false;
    this.#tally.noteRepeat();
    if (!room) this.#call?.pause();
    this.#options.onProgress?.(this.#tally.tokens);
    return true;
  }

  #onChunk(chunk: ChatChunk, text: string): void {
    const { answer, limits } = this.#options;
    this.#tally.note(chunk, this.#elapsedMs);
    if (!this.#tally.committed) {
      this.#hold(chunk, text);
      return;
    }
    if (this.#held.length > 0) for (const held of this.#held.splice(0)) answer.chunk(held.chunk, held.text);
    if (!answer.chunk(chunk, text)) this.#call?.pause();
    this.#options.onProgress?.(this.#tally.tokens);
    // An engine that forgets to end its stream after the finish must not keep the client waiting.
    if (this.#tally.finished && !this.#inGrace) {
      this.#inGrace = true;
      this.deadlineMs = Math.min(this.deadlineMs, performance.now() + limits.finishGraceMs);
    }
  }

  #hold(chunk: ChatChunk, text: string): void {
    this.#heldBytes += text.length;
    if (this.#heldBytes > this.#options.limits.maxLineBytes) throw upstreamFailure("upstream_invalid_response", "other");
    this.#held.push({ chunk, text });
  }

  /** For its call. */
  end(): void {
    if (this.#tally.finished) this.#end("completed", null);
    else this.fail(upstreamFailure("upstream_stream_interrupted", "any", new Error("ended without finish_reason")));
  }

  /** For its call. */
  fail(failure: UpstreamFailure): void {
    if (this.#done) return;
    // Everything but the end of the stream has arrived: the answer is whole.
    if (this.#tally.finished) {
      this.#end("completed", null);
      return;
    }
    const result = resultOf(failure);
    // First: an instance that takes one call at a time can be tried again only once it is free.
    this.#closeAttempt(result);
    const seat = this.#nextSeat(failure);
    if (seat) this.#attempt(seat);
    else this.#end(failure.timedOut ? "timeout" : "upstream_error", failure.error, result);
  }

  #nextSeat(failure: UpstreamFailure): Seat | null {
    if (this.#tally.committed || this.#attempts >= maxAttempts || failure.retry === "none") return null;
    const { picker, instances } = this.#options;
    return picker.pick(instances, this.#tried) ?? (failure.retry === "any" ? picker.pick(instances, []) : null);
  }

  #closeAttempt(result: CallResult): void {
    this.#call?.close();
    this.#seat?.release(result);
  }

  #end(outcome: GenerationEnd["outcome"], error: AppError | null, result: CallResult = "unclear"): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#isTimed) deadlines.remove(this);
    if (outcome === "completed") this.#call?.leave();
    this.#closeAttempt(outcome === "completed" ? "answered" : result);
    const { answer } = this.#options;
    let told = error;
    try {
      if (outcome === "completed") answer.finish(this.#tally.usage);
      else if (error) answer.fail(error);
      else answer.abandon();
    } catch (thrown) {
      told = toAppError(thrown);
      answer.fail(told);
    }
    this.#ended.resolve({
      outcome: told && outcome === "completed" ? "upstream_error" : outcome,
      error: told,
      instanceId: this.#seat?.instance.id ?? null,
      tally: this.#tally,
    });
  }
}

function asFailure(thrown: unknown): UpstreamFailure {
  return thrown instanceof UpstreamFailure ? thrown : new UpstreamFailure(toAppError(thrown), "none");
}
