import { type KeptMessage, maxMessages, type SaveMessagesInput } from "#lib/contracts/conversations.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { noConversation, owned } from "./owned.ts";

/**
 * Keeps new and changed messages and forgets others, all or nothing; the same again changes nothing. `not_found` for
 * another user's conversation, `conflict` where it would hold more messages than one may.
 */
export async function saveMessages({ ctx, input }: { ctx: Context; input: SaveMessagesInput & { id: string } }): Promise<void> {
  const { id, keep, forget } = input;
  await inTransaction(ctx, async (tx) => {
    // The row's lock orders two tabs that save at once, so that the bound holds.
    const { count } = await tx.conversation.updateMany({ where: { id, ...owned(ctx) }, data: { updatedAt: ctx.now() } });
    if (count === 0) throw noConversation();
    if (forget.length > 0) await tx.conversationMessage.deleteMany({ where: { conversationId: id, id: { in: forget } } });
    for (const message of keep) await upsert(tx, id, message);
    if ((await tx.conversationMessage.count({ where: { conversationId: id } })) > maxMessages) {
      throw new AppError("conflict", `A conversation holds at most ${maxMessages} messages. Begin another one.`);
    }
  });
}

async function upsert(tx: DbLike, conversationId: string, kept: KeptMessage): Promise<void> {
  const { id, error, figures, ...message } = kept;
  const data = {
    ...message,
    text: storable(message.text),
    reasoning: storable(message.reasoning),
    error: error ? { ...error, message: storable(error.message) } : Prisma.DbNull,
    figures: figures ?? {},
  };
  await tx.conversationMessage.upsert({
    where: { conversationId_id: { conversationId, id } },
    create: { conversationId, id, ...data },
    update: data,
  });
}

/** PostgreSQL's texts hold every character but this one, which a model may well write. */
function storable(text: string): string {
  return text.replaceAll("\0", "");
}
