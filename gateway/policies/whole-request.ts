import type { CallableService } from "../ports.ts";
import type { CallBound } from "./hold-amount.ts";

/** A call whose answer comes in one piece: embeddings and images. */
export interface WholeRequest {
  /** Access name as called. */
  model: string;
  /** Members that go on to the instance, null where the caller said so; not the model. */
  params: Record<string, unknown>;
  /** The most that it can use of a service. */
  bound(service: CallableService): CallBound;
}
