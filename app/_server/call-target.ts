import "server-only";
import { endpointUrl } from "#lib/config.ts";
import { callableModels } from "#lib/services/api-keys/callable-models.ts";
import type { Actor, Context } from "#lib/services/context.ts";
import { listModels } from "#lib/services/models/list.ts";

export interface CallTarget {
  /** Ends in `/v1`. */
  endpoint: string;
  /** Null: nothing can be called. */
  accessName: string | null;
}

/** What a reader's first call can go to: the shared endpoint, and a model that answers now. */
export async function callTarget(ctx: Context): Promise<CallTarget> {
  const { items } = await listModels({ ctx });
  const callable = items.find((model) => model.tryUnavailable === null);
  return { endpoint: endpointUrl(ctx.config, null), accessName: callable?.accessName ?? null };
}

/** The same for a key that may call these models alone; null: all. */
export async function allowedTarget(ctx: Context & { actor: Actor }, allowed: string[] | null): Promise<CallTarget> {
  const target = await callTarget(ctx);
  const [first] = allowed ?? [];
  if (!allowed || !first || (target.accessName && allowed.includes(target.accessName))) return target;
  const { items } = await callableModels({ ctx, input: { search: first } });
  const found = items.find(({ accessName }) => accessName === first);
  return found ? { endpoint: found.endpoint, accessName: first } : { ...target, accessName: null };
}
