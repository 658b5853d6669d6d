import * as z from "zod/mini";
import { serviceStates } from "./services.ts";

/** What the command palette asks; an empty text finds what was used last. */
export const searchQuery = z.strictObject({ q: z._default(z.string().check(z.maxLength(100)), "") });

const foundModel = z.object({ slug: z.string(), name: z.string(), provider: z.string() });
const foundService = z.object({ id: z.string(), name: z.string(), accessName: z.string(), state: z.enum(serviceStates) });
const foundKey = z.object({ id: z.string(), name: z.string(), masked: z.string() });
/** A section of the documentation, in the reader's language. */
const foundDoc = z.object({ href: z.string(), title: z.string(), chapter: z.string() });

/** The best few of each kind, best first. */
export const searchResult = z.object({
  models: z.array(foundModel),
  services: z.array(foundService),
  keys: z.array(foundKey),
  docs: z.array(foundDoc),
});
export type SearchResult = z.infer<typeof searchResult>;
export type FoundDoc = z.infer<typeof foundDoc>;
