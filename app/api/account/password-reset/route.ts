import { after } from "next/server";
import { clientAddress } from "#app/_server/context.ts";
import { defineRoute } from "#app/_server/define-route.ts";
import { requireMail, sendResetLink } from "#app/_server/reset-link.ts";
import { passwordResetRequestInput } from "#lib/contracts/account.ts";
import { requestPasswordReset } from "#lib/services/account/request-password-reset.ts";

/** Answers before anything is looked up, so that known and unknown emails are alike in answer and time. */
export const POST = defineRoute({
  scope: "public",
  input: passwordResetRequestInput,
  handle: async ({ ctx, input, request }) => {
    requireMail();
    await requestPasswordReset({ ctx, input: { email: input.email, address: clientAddress(request.headers) } });
    after(() => sendResetLink(input));
  },
});
