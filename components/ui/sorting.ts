import type { UrlChange } from "./url-state.ts";

export type Order = "asc" | "desc";

/** How a list is sorted by a column; null: by another one. */
export interface ColumnSort {
  order: Order | null;
  onSort: () => void;
}

interface Sorted<Sort extends string> {
  sort: Sort;
  order: Order;
}

/** A list's order as its address has it: what it begins with is left out. */
export function orderChange<Sort extends string>({ sort, order }: Sorted<Sort>, usual: Sorted<Sort>): UrlChange {
  return { sort: sort === usual.sort ? null : sort, order: order === usual.order ? null : order };
}

/** Names are read from A on; of times and numbers the last comes first. */
export function firstOrder(sort: string): Order {
  return sort === "name" || sort === "model" ? "asc" : "desc";
}

/** The head of the column `sort`: pressed, it sorts by that column, and pressed again the other way round. */
export function columnSort<Sort extends string>(sort: Sort, now: Sorted<Sort>, onSort: (next: Sorted<Sort>) => void): ColumnSort {
  const current = now.sort === sort;
  const turned = now.order === "asc" ? "desc" : "asc";
  return { order: current ? now.order : null, onSort: () => onSort({ sort, order: current ? turned : firstOrder(sort) }) };
}
