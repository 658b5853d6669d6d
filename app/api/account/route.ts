import { signOut } from "#app/_server/auth.ts";
import { chosenLocale } from "#app/_server/browser-locale.ts";
import { clientAddress } from "#app/_server/context.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { signInWith } from "#app/_server/sign-in.ts";
import { deleteAccountInput, signUpInput } from "#lib/contracts/account.ts";
import { deleteAccount } from "#lib/services/account/delete-account.ts";
import { signUp } from "#lib/services/account/sign-up.ts";

/**
 * Signs up, then in. For an email that has an account already nothing is made, and signing in decides: its owner gets
 * in, a stranger reads `wrong_credentials`, as with any wrong password.
 */
export const POST = defineRoute({
  scope: "public",
  input: signUpInput,
  handle: async ({ ctx, input, request }) => {
    await signUp({ ctx, input: { ...input, address: clientAddress(request.headers), locale: await chosenLocale() } });
    await signInWith({ email: input.email, password: input.password });
  },
});

export const DELETE = defineRoute({
  scope: "user",
  input: deleteAccountInput,
  handle: async ({ ctx, input }) => {
    await deleteAccount({ ctx, input });
    await signOut({ redirect: false });
  },
});
