import type { z } from "zod";
import { serviceListQuery } from "#lib/contracts/services.ts";

export type ServiceListQuery = z.output<typeof serviceListQuery>;

/** What the address asks for; a value that makes no sense counts as not given. */
export function readListQuery(params: URLSearchParams): ServiceListQuery {
  const { page, search, state } = serviceListQuery.shape;
  return {
    page: page.safeParse(params.get("page") ?? undefined).data ?? 1,
    pageSize: serviceListQuery.shape.pageSize.parse(undefined),
    search: search.safeParse(params.get("search") ?? undefined).data ?? "",
    state: state.safeParse(params.get("state") ?? undefined).data,
  };
}
