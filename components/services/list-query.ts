import type * as z from "zod/mini";
import { serviceListQuery } from "#lib/contracts/services.ts";

export type ServiceListQuery = z.output<typeof serviceListQuery>;

/** How services stand where the address says nothing: the newest first. */
export const usualOrder = { sort: "created", order: "desc" } as const;

/** What the address asks for; a value that makes no sense counts as not given. */
export function readListQuery(params: URLSearchParams): ServiceListQuery {
  const { page, search, state, sort, order } = serviceListQuery.shape;
  return {
    page: page.safeParse(params.get("page") ?? undefined).data ?? 1,
    pageSize: serviceListQuery.shape.pageSize.parse(undefined),
    search: search.safeParse(params.get("search") ?? undefined).data ?? "",
    sort: sort.safeParse(params.get("sort") ?? undefined).data ?? usualOrder.sort,
    order: order.safeParse(params.get("order") ?? undefined).data ?? usualOrder.order,
    state: state.safeParse(params.get("state") ?? undefined).data,
  };
}
