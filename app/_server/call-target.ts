import "server-only";
import { endpointUrl } from "#lib/config.ts";
import type { Context } from "#lib/services/context.ts";
import { listModels } from "#lib/services/models/list.ts";

/** What a reader's first call can go to: the shared endpoint (ends in `/v1`), and a model that answers now; null: none does. */
export async function callTarget(ctx: Context): Promise<{ endpoint: string; accessName: string | null }> {
  const { items } = await listModels({ ctx });
  const callable = items.find((model) => model.tryUnavailable === null);
  return { endpoint: endpointUrl(ctx.config, null), accessName: callable?.accessName ?? null };
}
