import { recordAudit } from "../audit/record.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { hashOneTimeToken, newOneTimeToken } from "./one-time-token.ts";

const hourMs = 3_600_000;

export interface PasswordResetLink {
  /** For a link to `/reset-password?token=…`; only its SHA-256 is kept. */
  token: string;
  email: string;
  name: string;
  expiresAt: Date;
}

/**
 * A token that sets a new password of the account with this email once, within `hours`; null where there is no such
 * account, or it is disabled. The token may go to the account's own mailbox, or to an operator at the machine, nowhere else.
 */
export async function issuePasswordReset({
  ctx,
  input,
}: {
  ctx: Context;
  input: { email: string; hours: number };
}): Promise<PasswordResetLink | null> {
  const now = ctx.now();
  const user = await ctx.db.user.findUnique({
    where: { email: input.email, status: "active" },
    select: { id: true, email: true, name: true },
  });
  if (!user) return null;
  const token = newOneTimeToken();
  const expiresAt = new Date(now.getTime() + input.hours * hourMs);
  await inTransaction(ctx, async (tx) => {
    await tx.passwordReset.deleteMany({ where: { expiresAt: { lte: now } } });
    await tx.passwordReset.create({ data: { tokenHash: hashOneTimeToken(token), userId: user.id, expiresAt, createdAt: now } });
    const data = { expiresAt: expiresAt.toISOString() };
    await recordAudit(tx, ctx, { action: "user.issue_password_reset", targetType: "user", targetId: user.id, workspaceId: null, data });
  });
  return { token, email: user.email, name: user.name, expiresAt };
}
