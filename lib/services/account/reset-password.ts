import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { hashOneTimeToken } from "./one-time-token.ts";
import { hashPassword } from "./password.ts";
import { forgive, reserveAttempt } from "./throttle.ts";

export interface ResetPasswordRequest {
  token: string;
  /** 8 to 256 characters. */
  password: string;
  /** Where the request came from; wrong tokens are counted by it. */
  address: string;
}

/** Whether a reset link still does: for the page that it leads to. */
export async function resetLinkHolds({ ctx, input }: { ctx: Context; input: { token: string } }): Promise<boolean> {
  return (await ctx.db.passwordReset.findFirst({ where: holding(ctx, input.token), select: { userId: true } })) !== null;
}

/**
 * Sets a new password with a link's token and says whose. The link and all others of the account end, and so do all of
 * its sessions. Throws `reset_link_invalid` (unknown, used, expired, or the account is disabled: one answer), and
 * `too_many_attempts` after ten wrong tokens from one address.
 */
export async function resetPassword({ ctx, input }: { ctx: Context; input: ResetPasswordRequest }): Promise<{ email: string }> {
  const attempt = { scope: "reset", account: null, address: input.address } as const;
  await reserveAttempt(ctx, attempt);
  // Tokens are tried before hashing, so that guessing them costs us no work.
  if (!(await resetLinkHolds({ ctx, input }))) throw linkInvalid();
  const passwordHash = await hashPassword(input.password);
  const email = await inTransaction(ctx, async (tx) => {
    const tokenHash = hashOneTimeToken(input.token);
    const used = await tx.passwordReset.findFirst({
      where: holding(ctx, input.token),
      select: { user: { select: { id: true, email: true } } },
    });
    // The row's deletion decides: of two at once, one finds it gone.
    const { count } = await tx.passwordReset.deleteMany({ where: { tokenHash } });
    if (!used || count === 0) throw linkInvalid();
    const { id: userId, email } = used.user;
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await tx.passwordReset.deleteMany({ where: { userId } });
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: ctx.now() } });
    await recordAudit(tx, ctx, { action: "user.reset_password", targetType: "user", targetId: userId, workspaceId: null });
    return email;
  });
  await forgive(ctx, attempt);
  // Who was locked out by wrong passwords gets in with the new one.
  await forgive(ctx, { scope: "sign-in", account: email, address: "" });
  return { email };
}

function holding(ctx: Context, token: string) {
  return { tokenHash: hashOneTimeToken(token), expiresAt: { gt: ctx.now() }, user: { status: "active" } } as const;
}

function linkInvalid(): AppError {
  return new AppError("reset_link_invalid", "This link has been used or has expired. Ask for a new one.");
}
