import type { z } from "zod";
import type { ConversationSummary, conversationListQuery } from "#lib/contracts/conversations.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Context } from "../context.ts";
import { likeText } from "../like-text.ts";
import { excerptOf } from "./excerpt.ts";
import { owned } from "./owned.ts";
import { summaryOf } from "./view.ts";

export interface ConversationPage {
  items: ConversationSummary[];
  total: number;
  page: number;
  pageSize: number;
}

/**
 * The user's conversations, the last used first. `search` looks in titles and in what was said; it reads only this
 * user's own messages, and finds parts of words, as Chinese needs.
 */
export async function listConversations({
  ctx,
  input,
}: {
  ctx: Context;
  input: z.output<typeof conversationListQuery>;
}): Promise<ConversationPage> {
  const { page, pageSize } = input;
  const search = input.search.trim();
  const contains = { contains: likeText(search), mode: "insensitive" } as const;
  const where: Prisma.ConversationWhereInput = {
    ...owned(ctx),
    ...(search ? { OR: [{ title: contains }, { messages: { some: { text: contains } } }] } : {}),
  };
  const hit = { where: { text: contains }, orderBy: { position: "asc" }, take: 1, select: { text: true } } as const;
  const [rows, total] = await Promise.all([
    ctx.db.conversation.findMany({
      where,
      include: { messages: search ? hit : { take: 0, select: { text: true } } },
      orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
    ctx.db.conversation.count({ where }),
  ]);
  const items = rows.map((row) => {
    const inTitle = search === "" || row.title.toLowerCase().includes(search.toLowerCase());
    return summaryOf(row, inTitle ? null : excerptOf(row.messages[0]?.text ?? "", search));
  });
  return { items, total, page, pageSize };
}
