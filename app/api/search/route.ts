import { defineRoute } from "#app/_server/define-route.ts";
import { readLocale } from "#app/_server/locale.ts";
import { findDocs } from "#components/docs/find-docs.ts";
import { searchQuery } from "#lib/contracts/search.ts";
import { search } from "#lib/services/search/search.ts";

/** What the command palette finds in the caller's workspace, and in the documentation of their language. */
export const GET = defineRoute({
  scope: "user",
  input: searchQuery,
  handle: async ({ ctx, input }) => ({ ...(await search({ ctx, input })), docs: findDocs(await readLocale(), input.q) }),
});
