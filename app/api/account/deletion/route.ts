import { defineRoute } from "#app/_server/define-route.ts";
import { deletionFacts } from "#lib/services/account/deletion-facts.ts";

/** What deleting the account would end. */
export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => deletionFacts({ ctx }) });
