import { AppError } from "#lib/errors.ts";
import type { LlamaEngine } from "../llama/engine.ts";
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

/** This process as its routes see it: who it is, and the engine once its weights are loaded. */
export class Instance {
  readonly identity: InstanceIdentity;
  readonly startedSeconds = Math.floor(Date.now() / 1000);
  /** Null while the weights load. */
  engine: LlamaEngine | null = null;

  constructor(identity: InstanceIdentity) {
    this.identity = identity;
  }

  /** The loaded engine. Throws AppError while it loads, and for another model's name. */
  engineFor(model: string): LlamaEngine {
    if (model !== this.identity.name) {
      throw new AppError("model_not_found", `This instance serves \`${this.identity.name}\` only.`, { param: "model" });
    }
    return this.loaded();
  }

  loaded(): LlamaEngine {
    if (this.engine) return this.engine;
    throw new AppError("service_not_ready", "This instance is still loading its weights.", { retryAfterSeconds: 1 });
  }

  head(prefix: string, requestId: string): AnswerHead {
    return { id: `${prefix}-${requestId}`, created: Math.floor(Date.now() / 1000), model: this.identity.name };
  }
}
