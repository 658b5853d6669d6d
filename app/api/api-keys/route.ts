import { defineRoute } from "#app/_server/define-route.ts";
import { apiKeyListQuery, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { createApiKey } from "#lib/services/api-keys/create.ts";
import { listApiKeys } from "#lib/services/api-keys/list.ts";

export const GET = defineRoute({ scope: "user", input: apiKeyListQuery, handle: ({ ctx, input }) => listApiKeys({ ctx, input }) });

/** Its answer is the only one that ever holds the key itself. */
export const POST = defineRoute({ scope: "user", input: createApiKeyInput, handle: ({ ctx, input }) => createApiKey({ ctx, input }) });
