import { defineRoute } from "#app/_server/define-route.ts";
import { conversationListQuery, createConversationInput } from "#lib/contracts/conversations.ts";
import { createConversation } from "#lib/services/conversations/create.ts";
import { listConversations } from "#lib/services/conversations/list.ts";

export const GET = defineRoute({
  scope: "user",
  input: conversationListQuery,
  handle: ({ ctx, input }) => listConversations({ ctx, input }),
});

export const POST = defineRoute({
  scope: "user",
  input: createConversationInput,
  handle: ({ ctx, input }) => createConversation({ ctx, input }),
});
