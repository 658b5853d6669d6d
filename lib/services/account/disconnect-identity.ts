import type { IdentityProvider } from "#lib/contracts/account.ts";
import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";

/** Ends signing in with an account elsewhere. Throws `not_found`, and `last_sign_in_way` where no other way would be left. */
export async function disconnectIdentity({ ctx, input }: { ctx: Context; input: { provider: IdentityProvider } }): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  const { provider } = input;
  await inTransaction(ctx, async (tx) => {
    // The user's row is locked, so that two at once cannot take the last two ways together.
    await tx.$queryRaw`SELECT 1 FROM "users" WHERE "id" = ${userId} FOR NO KEY UPDATE`;
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { passwordHash: true, identities: true } });
    if (!user.identities.some((identity) => identity.provider === provider)) {
      throw new AppError("not_found", "No account of this provider is connected.");
    }
    if (user.passwordHash === null && user.identities.length === 1) {
      throw new AppError("last_sign_in_way", "Nothing else signs you in. Set a password first.");
    }
    await tx.identity.delete({ where: { userId_provider: { userId, provider } } });
    const data = { provider };
    await recordAudit(tx, ctx, { action: "identity.disconnect", targetType: "user", targetId: userId, workspaceId, data });
  });
}
