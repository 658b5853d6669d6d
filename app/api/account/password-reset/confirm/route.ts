import { clientAddress } from "#app/_server/context.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { signInWith } from "#app/_server/sign-in.ts";
import { resetPasswordInput } from "#lib/contracts/account.ts";
import { resetPassword } from "#lib/services/account/reset-password.ts";

/** Sets the new password, then signs in with it. */
export const POST = defineRoute({
  scope: "public",
  input: resetPasswordInput,
  handle: async ({ ctx, input, request }) => {
    const { email } = await resetPassword({ ctx, input: { ...input, address: clientAddress(request.headers) } });
    await signInWith({ email, password: input.password });
  },
});
