import * as z from "zod/mini";
import { apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import type { KeyListParams } from "./requests.ts";

/** How keys stand where the address says nothing: the newest first. */
export const usualOrder = { sort: "created", order: "desc" } as const;

/** What an address asks for; whatever is not valid counts as not given. */
export function readKeyParams(query: URLSearchParams): KeyListParams {
  const { search, status, sort, order, page } = apiKeyListQuery.shape;
  const given = (name: string) => query.get(name) ?? undefined;
  return {
    search: z.catch(search, "").parse(given("search")),
    status: z.catch(status, undefined).parse(given("status")),
    sort: z.catch(sort, usualOrder.sort).parse(given("sort")),
    order: z.catch(order, usualOrder.order).parse(given("order")),
    page: z.catch(page, 1).parse(given("page")),
  };
}
