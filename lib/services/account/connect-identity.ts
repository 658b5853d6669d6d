import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { lockNewAccounts } from "./create-account.ts";
import type { ProvenIdentity } from "./proven-identity.ts";
import { addIdentity } from "./sign-in-with-identity.ts";

/**
 * Lets the actor sign in with an account elsewhere from now on. Its email plays no part: the actor is signed in, and has
 * just signed in there. Connected already, nothing happens. Throws `identity_taken` where somebody else is connected with
 * it, or the actor with another one of this provider.
 */
export async function connectIdentity({ ctx, input }: { ctx: Context; input: { identity: ProvenIdentity } }): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  const { identity } = input;
  const { provider, subject } = identity;
  await inTransaction(ctx, async (tx) => {
    await lockNewAccounts(tx);
    const [known, mine] = await Promise.all([
      tx.identity.findUnique({ where: { provider_subject: { provider, subject } }, select: { userId: true } }),
      tx.identity.findUnique({ where: { userId_provider: { userId, provider } }, select: { subject: true } }),
    ]);
    if (known?.userId === userId) return;
    if (known || mine) {
      const message = known
        ? "That account is connected with another user here."
        : "Another account of this provider is connected. Remove it first.";
      throw new AppError("identity_taken", message, { data: { by: known ? "other" : "self" } });
    }
    await addIdentity(tx, ctx, { identity, userId });
    const data = { provider };
    await recordAudit(tx, ctx, { action: "identity.connect", targetType: "user", targetId: userId, workspaceId, data });
  });
}
