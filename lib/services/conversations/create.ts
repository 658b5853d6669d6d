import type { z } from "zod";
import type { ConversationSummary, createConversationInput } from "#lib/contracts/conversations.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { owned } from "./owned.ts";
import { summaryOf } from "./view.ts";

/**
 * Begins a conversation, without any message yet. The same id again is the same conversation, with what is asked for now;
 * `conflict` where it is somebody else's.
 */
export async function createConversation({
  ctx,
  input,
}: {
  ctx: Context;
  input: z.output<typeof createConversationInput>;
}): Promise<ConversationSummary> {
  const { id = newId("cnv"), ...content } = input;
  const now = ctx.now();
  const row = await inTransaction(ctx, async (tx) => {
    const data = { ...owned(ctx), ...content, id, createdAt: now, updatedAt: now };
    const { count } = await tx.conversation.createMany({ data, skipDuplicates: true });
    if (count === 0) await tx.conversation.updateMany({ where: { id, ...owned(ctx) }, data: content });
    return tx.conversation.findFirst({ where: { id, ...owned(ctx) } });
  });
  if (!row) throw new AppError("conflict", "There is another conversation with this id. Begin one with a new id.", { param: "id" });
  return summaryOf(row);
}
