import { z } from "zod";

/** A nano-unit amount on the wire: JSON has no integers of that size. */
export const nano = z.string().regex(/^-?\d+$/);
/** A moment on the wire: ISO 8601 in UTC. */
export const moment = z.iso.datetime();

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(100).default(20),
});

/** The variable part of an address that names one row. */
export const idParams = z.object({ id: z.string().max(64) });

/** One page of a list, and how many rows there are in all. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), total: z.number().int(), page: z.number().int(), pageSize: z.number().int() });
}

/** What every `/api` route answers when it refuses. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    param: z.string().nullable(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    requestId: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;
