import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { hashPassword, passwordFits } from "./password.ts";
import { endSessions } from "./revoke-all-sessions.ts";
import { forgive, reserveAttempt } from "./throttle.ts";

export interface ChangePasswordInput {
  currentPassword: string;
  newPassword: string;
  /** Stays signed in; all other sessions end. */
  currentSessionId: string;
  address: string;
}

/** Sets a new password. Throws `wrong_credentials` (`param` currentPassword), and `too_many_attempts` as signing in does. */
export async function changePassword({ ctx, input }: { ctx: Context; input: ChangePasswordInput }): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  const user = await ctx.db.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, passwordHash: true } });
  const attempt = { scope: "sign-in", account: user.email, address: input.address } as const;
  await reserveAttempt(ctx, attempt);
  if (!(await passwordFits(user.passwordHash, input.currentPassword))) {
    throw new AppError("wrong_credentials", "The current password is wrong.", { param: "currentPassword" });
  }
  await forgive(ctx, attempt);
  const passwordHash = await hashPassword(input.newPassword);
  await inTransaction(ctx, async (tx) => {
    // Only over the password that was checked: of two changes at once, the second finds its current one outdated.
    const { count } = await tx.user.updateMany({ where: { id: userId, passwordHash: user.passwordHash }, data: { passwordHash } });
    if (count === 0) throw new AppError("conflict", "The password was changed at the same moment elsewhere. Sign in again.");
    await recordAudit(tx, ctx, { action: "user.change_password", targetType: "user", targetId: userId, workspaceId });
    await endSessions(tx, ctx, input.currentSessionId);
  });
}
