import { apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import type { KeyListParams } from "./requests.ts";

/** Search and page of an address; whatever is not valid counts as not given. */
export function readKeyParams(query: URLSearchParams): KeyListParams {
  const { search, page } = apiKeyListQuery.shape;
  return {
    search: search.catch("").parse(query.get("search") ?? ""),
    page: page.catch(1).parse(query.get("page") ?? 1),
  };
}
