import { clientAddress } from "#app/_server/context.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { changePasswordInput } from "#lib/contracts/account.ts";
import { changePassword } from "#lib/services/account/change-password.ts";

/** Ends all other sessions of the account. */
export const POST = defineRoute({
  scope: "user",
  input: changePasswordInput,
  handle: ({ ctx, input, session, request }) =>
    changePassword({ ctx, input: { ...input, currentSessionId: session.sessionId, address: clientAddress(request.headers) } }),
});
