import { AppError } from "#lib/errors.ts";
import { Embedder } from "../llama/embedder.ts";
import { LlamaEngine } from "../llama/engine.ts";
import type { SlotCounts } from "../llama/slots.ts";
import { EngineMetrics, type Readings } from "../metrics.ts";
import type { AnswerHead } from "../shapes/answer.ts";

export interface InstanceIdentity {
  instanceId: string;
  /** Proves to the deployer that this process is the one it started. */
  nonce: string;
  /** Access name under which the model is called. */
  name: string;
  /** Tokens of one request. */
  contextTokens: number;
}

/** This process as its routes see it: who it is, and the model once its weights are loaded. */
export class Instance {
  readonly identity: InstanceIdentity;
  readonly startedSeconds = Math.floor(Date.now() / 1000);
  readonly metrics = new EngineMetrics(() => this.#readings());
  /** Null while the weights load. */
  model: LlamaEngine | Embedder | null = null;

  constructor(identity: InstanceIdentity) {
    this.identity = identity;
  }

  /** The model that writes. Throws AppError while it loads, for another model's name, and where it makes embeddings. */
  engineFor(name: string): LlamaEngine {
    const model = this.#named(name);
    if (model instanceof LlamaEngine) return model;
    throw new AppError("invalid_value", `\`${name}\` makes embeddings only; call /v1/embeddings.`, { param: "model" });
  }

  /** The model that makes embeddings. Throws AppError while it loads, for another model's name, and where it writes. */
  embedderFor(name: string): Embedder {
    const model = this.#named(name);
    if (model instanceof Embedder) return model;
    throw new AppError("invalid_value", `\`${name}\` makes no embeddings; call /v1/chat/completions.`, { param: "model" });
  }

  /** Throws AppError while the weights load. */
  loaded(): LlamaEngine | Embedder {
    if (this.model) return this.model;
    throw new AppError("service_not_ready", "This instance is still loading its weights.", { retryAfterSeconds: 1 });
  }

  head(prefix: string, requestId: string): AnswerHead {
    return { id: `${prefix}-${requestId}`, created: Math.floor(Date.now() / 1000), model: this.identity.name };
  }

  slots(): SlotCounts | null {
    return this.model?.slots() ?? null;
  }

  #named(name: string): LlamaEngine | Embedder {
    if (name !== this.identity.name) {
      throw new AppError("model_not_found", `This instance serves \`${this.identity.name}\` only.`, { param: "model" });
    }
    return this.loaded();
  }

  #readings(): Readings | null {
    if (this.model === null) return null;
    const { busy, queued } = this.model.slots();
    const writer = this.model instanceof LlamaEngine ? this.model : null;
    return { running: busy, waiting: queued, contextUse: writer?.contextUse() ?? 0, cacheBytes: writer?.cache?.bytes ?? 0 };
  }
}
