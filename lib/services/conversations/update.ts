import type { z } from "zod";
import type { updateConversationInput } from "#lib/contracts/conversations.ts";
import type { Context } from "../context.ts";
import { noConversation, owned } from "./owned.ts";

/** Renames a conversation, or keeps another model, system prompt or parameters for it; its place in the list stays. `not_found` for another user's. */
export async function updateConversation({
  ctx,
  input: { id, ...changes },
}: {
  ctx: Context;
  input: z.output<typeof updateConversationInput> & { id: string };
}): Promise<void> {
  const { count } = await ctx.db.conversation.updateMany({ where: { id, ...owned(ctx) }, data: changes });
  if (count === 0) throw noConversation();
}
