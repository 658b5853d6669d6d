import type { z } from "zod";
import type { SearchResult, searchQuery } from "#lib/contracts/search.ts";
import { type Context, requireActor } from "../context.ts";
import { findKeys } from "./find-keys.ts";
import { findModels } from "./find-models.ts";
import { findServices } from "./find-services.ts";

/**
 * The best few models, services and keys for a text: those whose name begins with it, then those that hold it. Only
 * what the caller's workspace may see. An empty text finds the newest services, the keys used last and the catalog's head.
 */
export async function search({ ctx, input }: { ctx: Context; input: z.output<typeof searchQuery> }): Promise<Omit<SearchResult, "docs">> {
  requireActor(ctx);
  const text = input.q.trim();
  const [models, services, keys] = await Promise.all([findModels(ctx, text), findServices(ctx, text), findKeys(ctx, text)]);
  return { models, services, keys };
}
