import { beginIdentity } from "#app/_server/begin-identity.ts";
import { clientAddress } from "#app/_server/context.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { nextPath } from "#app/_server/next-path.ts";
import { startIdentityInput } from "#lib/contracts/account.ts";
import { AppError } from "#lib/errors.ts";
import { startIdentity } from "#lib/services/account/start-identity.ts";

/** Answers with the provider's page, to sign in there, or to connect the account there with the one signed in here. */
export const POST = defineRoute({
  scope: "public",
  input: startIdentityInput,
  handle: async ({ ctx, session, input, request }) => {
    const { provider, purpose } = input;
    if (purpose === "connect" && !session) throw new AppError("sign_in_required", "Sign in first.");
    await startIdentity({ ctx, input: { address: clientAddress(request.headers) } });
    return { url: await beginIdentity(provider, purpose === "connect" ? (session?.sessionId ?? null) : null, nextPath(input.next)) };
  },
});
