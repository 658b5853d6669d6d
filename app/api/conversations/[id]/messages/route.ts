import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { saveMessagesInput } from "#lib/contracts/conversations.ts";
import { maxTrialChars } from "#lib/contracts/trial.ts";
import { saveMessages } from "#lib/services/conversations/save-messages.ts";

/** Keeps new and changed messages and forgets others; the same again changes nothing. */
export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: saveMessagesInput,
  maxBodyChars: maxTrialChars,
  handle: ({ ctx, params, input }) => saveMessages({ ctx, input: { ...input, id: params.id } }),
});
