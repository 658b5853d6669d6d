import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { updateConversationInput } from "#lib/contracts/conversations.ts";
import { getConversation } from "#lib/services/conversations/get.ts";
import { removeConversation } from "#lib/services/conversations/remove.ts";
import { updateConversation } from "#lib/services/conversations/update.ts";

export const GET = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => getConversation({ ctx, input: params }),
});

export const PATCH = defineRoute({
  scope: "user",
  params: idParams,
  input: updateConversationInput,
  handle: ({ ctx, params, input }) => updateConversation({ ctx, input: { ...input, id: params.id } }),
});

export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => removeConversation({ ctx, input: params }),
});
