import * as z from "zod/mini";

/** A nano-unit amount on the wire: JSON has no integers of that size. */
export const nano = z.string().check(z.regex(/^-?\d+$/));
/** A moment on the wire: ISO 8601 in UTC. */
export const moment = z.iso.datetime();

export const pageQuery = z.object({
  page: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(10_000)), 1),
  pageSize: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 20),
});

/** The variable part of an address that names one row. */
export const idParams = z.object({ id: z.string().check(z.maxLength(64)) });

/** One page of a list, and how many rows there are in all. */
export function pageOf<Item extends z.ZodMiniType>(item: Item) {
  return z.object({ items: z.array(item), total: z.int(), page: z.int(), pageSize: z.int() });
}

/** What every `/api` route answers when it refuses. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    param: z.nullable(z.string()),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    requestId: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;
