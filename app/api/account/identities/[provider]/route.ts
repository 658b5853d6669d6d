import { z } from "zod";
import { defineRoute } from "#app/_server/define-route.ts";
import { identityProvider } from "#lib/contracts/account.ts";
import { disconnectIdentity } from "#lib/services/account/disconnect-identity.ts";

export const DELETE = defineRoute({
  scope: "user",
  params: z.object({ provider: identityProvider }),
  handle: ({ ctx, params }) => disconnectIdentity({ ctx, input: { provider: params.provider } }),
});
