import { Counter, Gauge, Registry } from "prom-client";
import type { GenerateResult } from "./llama/generate.ts";

/** What the gauges read at the moment they are asked for. */
export interface Readings {
  /** Requests that are being worked on. */
  running: number;
  /** Requests that wait for a slot. */
  waiting: number;
  /** The part of the context of all slots that is in use, from 0 to 1. */
  contextUse: number;
  /** Bytes of the prompts that are kept. */
  cacheBytes: number;
}

/** The counters of one instance, for Prometheus. */
export class EngineMetrics {
  readonly #registry = new Registry();
  readonly #answers = this.#counter("answers_total", "Answers that came to their end.");
  readonly #promptTokens = this.#counter("prompt_tokens_total", "Tokens of their prompts, reused ones included.");
  readonly #cachedTokens = this.#counter("prompt_tokens_cached_total", "Prompt tokens that were reused and not read again.");
  readonly #completionTokens = this.#counter("completion_tokens_total", "Tokens that were generated.");
  readonly #promptSeconds = this.#counter("prompt_seconds_total", "Seconds in which slots read prompts.");
  readonly #decodeSeconds = this.#counter("decode_seconds_total", "Seconds in which slots generated.");

  /** `read` gives null while the weights load. */
  constructor(read: () => Readings | null) {
    this.#gauge("requests_running", "Requests that are being worked on.", () => read()?.running ?? 0);
    this.#gauge("requests_waiting", "Requests that wait for a slot.", () => read()?.waiting ?? 0);
    this.#gauge("context_use_ratio", "Part of all slots' context (KV cache) in use.", () => read()?.contextUse ?? 0);
    this.#gauge("prompt_cache_bytes", "Bytes of the prompts that are kept for reuse.", () => read()?.cacheBytes ?? 0);
    this.#gauge("ready", "1 once the weights are loaded.", () => (read() === null ? 0 : 1));
    this.#gauge("resident_memory_bytes", "Resident memory of the process.", () => process.memoryUsage.rss());
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  addAnswer(promptTokens: number, { completionTokens, cachedTokens, promptMs, predictedMs }: GenerateResult): void {
    this.#answers.inc();
    this.#promptTokens.inc(promptTokens);
    this.#cachedTokens.inc(cachedTokens);
    this.#completionTokens.inc(completionTokens);
    this.#promptSeconds.inc(promptMs / 1000);
    this.#decodeSeconds.inc(predictedMs / 1000);
  }

  addEmbeddings(tokens: number, seconds: number): void {
    this.#promptTokens.inc(tokens);
    this.#promptSeconds.inc(seconds);
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `hydra_engine_${name}`, help, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    const collect = function (this: Gauge) {
      this.set(value());
    };
    new Gauge({ name: `hydra_engine_${name}`, help, registers: [this.#registry], collect });
  }
}
