import { apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import type { KeyListParams } from "./requests.ts";

/** What an address asks for; whatever is not valid counts as not given. */
export function readKeyParams(query: URLSearchParams): KeyListParams {
  const { search, status, sort, order, page } = apiKeyListQuery.shape;
  const given = (name: string) => query.get(name) ?? undefined;
  return {
    search: search.catch("").parse(given("search")),
    status: status.catch(undefined).parse(given("status")),
    sort: sort.catch("created").parse(given("sort")),
    order: order.catch("desc").parse(given("order")),
    page: page.catch(1).parse(given("page")),
  };
}
