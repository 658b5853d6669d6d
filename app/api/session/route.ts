import { signOut } from "#app/_server/auth.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { signInWith } from "#app/_server/sign-in.ts";
import { signInInput } from "#lib/contracts/account.ts";
import { revokeSession } from "#lib/services/account/revoke-session.ts";

/** Signs in; 401 for wrong credentials, 429 with Retry-After after too many of them. */
export const POST = defineRoute({
  scope: "public",
  input: signInInput,
  handle: ({ input }) => signInWith(input),
});

/** Signs out: ends the session's row, then its cookie. */
export const DELETE = defineRoute({
  scope: "user",
  handle: async ({ ctx, session }) => {
    await revokeSession({ ctx, input: { sessionId: session.sessionId } });
    await signOut({ redirect: false });
  },
});
