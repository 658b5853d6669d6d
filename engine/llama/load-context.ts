import { setTimeout as sleep } from "node:timers/promises";
import type { BindingContext, LlamaBinding, LoadOptions } from "./binding.ts";
import { WeightsError } from "./weights-header.ts";

export interface ContextOptions extends Omit<LoadOptions, "n_gpu_layers" | "use_mlock" | "ctx_shift"> {
  /** Null: text only. */
  projector: string | null;
}

/** Loads weights, and the projector with them. Throws {@link WeightsError} with llama.cpp's first complaint. */
export async function loadContext(binding: LlamaBinding, { projector, ...options }: ContextOptions): Promise<BindingContext> {
  const reasons: string[] = [];
  const listener = binding.addNativeLogListener((level, text) => {
    if (level === "error") reasons.push(text.trim());
  });
  await binding.toggleNativeLog(true);
  try {
    const context = await binding.loadModel({ ...options, n_gpu_layers: 0, use_mlock: false, ctx_shift: false });
    if (projector !== null) addProjector(context, projector);
    return context;
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    // The listener is called later, on the event loop.
    await sleep(50);
    const reason = reasons[0] ?? (error instanceof Error ? error.message : String(error));
    throw new WeightsError(`weights cannot be loaded: ${options.model}: ${reason}`, { cause: error });
  } finally {
    await binding.toggleNativeLog(false);
    listener.remove();
  }
}

function addProjector(context: BindingContext, path: string): void {
  if (!context.initMultimodal({ path, use_gpu: false })) throw new WeightsError(`the projector does not fit the weights: ${path}`);
  if (!context.getMultimodalSupport().vision) throw new WeightsError(`the projector reads no images: ${path}`);
}
