import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireOperator } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { hashOneTimeToken, newOneTimeToken } from "./one-time-token.ts";

export interface InvitationInput {
  /** Lower case; where set, only this address may use it. */
  email: string | null;
  /** 1 to 90; 7 where left out. */
  days?: number;
}

export interface CreatedInvitation {
  id: string;
  /** Shown this one time; only its SHA-256 is kept. */
  token: string;
  expiresAt: string;
}

/** Lets one person sign up where sign-up is by invitation. For operators and the `hydra` command. */
export async function createInvitation({ ctx, input }: { ctx: Context; input: InvitationInput }): Promise<CreatedInvitation> {
  requireOperator(ctx);
  const now = ctx.now();
  const days = Math.min(90, Math.max(1, Math.trunc(input.days ?? 7)));
  const expiresAt = new Date(now.getTime() + days * 86_400_000);
  const id = newId("inv");
  const token = newOneTimeToken();
  const { email } = input;
  await inTransaction(ctx, async (tx) => {
    await tx.invitation.create({ data: { id, tokenHash: hashOneTimeToken(token), email, expiresAt, createdAt: now } });
    const data = { email, expiresAt: expiresAt.toISOString() };
    await recordAudit(tx, ctx, { action: "invitation.create", targetType: "invitation", targetId: id, workspaceId: null, data });
  });
  return { id, token, expiresAt: expiresAt.toISOString() };
}
