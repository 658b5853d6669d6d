import type { z } from "zod";
import type { ConversationSummary, createConversationInput } from "#lib/contracts/conversations.ts";
import { newId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { owned } from "./owned.ts";
import { summaryOf } from "./view.ts";

/** Begins a conversation, without any message yet. */
export async function createConversation({
  ctx,
  input,
}: {
  ctx: Context;
  input: z.output<typeof createConversationInput>;
}): Promise<ConversationSummary> {
  const now = ctx.now();
  const row = await ctx.db.conversation.create({ data: { ...owned(ctx), ...input, id: newId("cnv"), createdAt: now, updatedAt: now } });
  return summaryOf(row);
}
