import type { Context } from "../context.ts";
import { noConversation, owned } from "./owned.ts";

/** Deletes a conversation and its messages for good; what its calls used stays in usage. `not_found` for another user's. */
export async function removeConversation({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  const { count } = await ctx.db.conversation.deleteMany({ where: { id: input.id, ...owned(ctx) } });
  if (count === 0) throw noConversation();
}
