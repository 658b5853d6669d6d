import type { z } from "zod";
import type { Me, updateMeInput } from "#lib/contracts/account.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { me } from "./me.ts";

/** Changes the actor's own name or language; what is left out stays. */
export async function updateMe({ ctx, input }: { ctx: Context; input: z.output<typeof updateMeInput> }): Promise<Me> {
  const { userId, workspaceId } = requireActor(ctx);
  const data = { ...(input.name === undefined ? {} : { name: input.name }), ...(input.locale ? { locale: input.locale } : {}) };
  if (Object.keys(data).length > 0) {
    await inTransaction(ctx, async (tx) => {
      await tx.user.update({ where: { id: userId }, data });
      // What changed, not to what: the log cannot forget a name when its account is deleted.
      const changed = { changed: Object.keys(data) };
      await recordAudit(tx, ctx, { action: "user.update", targetType: "user", targetId: userId, workspaceId, data: changed });
    });
  }
  return me({ ctx });
}
