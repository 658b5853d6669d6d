import type { ConversationDetail } from "#lib/contracts/conversations.ts";
import type { Context } from "../context.ts";
import { noConversation, owned } from "./owned.ts";
import { detailOf } from "./view.ts";

/** A conversation with its messages in order. `not_found` for another user's. */
export async function getConversation({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ConversationDetail> {
  const row = await ctx.db.conversation.findFirst({
    where: { id: input.id, ...owned(ctx) },
    include: { messages: { orderBy: [{ position: "asc" }, { createdAt: "asc" }, { id: "asc" }] } },
  });
  if (!row) throw noConversation();
  return detailOf(row);
}
