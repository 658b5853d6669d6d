import type { Locale } from "#lib/contracts/account.ts";
import { email as emailForm } from "#lib/contracts/account.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { createAccount, lockNewAccounts } from "./create-account.ts";
import type { ProvenIdentity } from "./proven-identity.ts";
import { hasUsers, modeOf } from "./sign-up-mode.ts";
import { forgive } from "./throttle.ts";

/**
 * The user whom an account elsewhere signs in: the one it is connected to, else a new one. An account that is here
 * already is never taken over, whoever says that its email is theirs: its owner signs in and connects it.
 *
 * Throws `account_disabled`; for an identity that is new here: `identity_unverified` without a verified email,
 * `identity_not_linked` where the email has an account, `sign_up_closed` where signing up needs what was not brought (an
 * invitation for this very email counts).
 */
export async function signInWithIdentity({
  ctx,
  input,
}: {
  ctx: Context;
  /** `locale` is the language that was chosen on the browser; null where none was. */
  input: { identity: ProvenIdentity; locale: Locale | null; address: string };
}): Promise<{ userId: string }> {
  const known = await findKnown(ctx.db, input.identity, ctx.now());
  const userId = known ?? (await inTransaction(ctx, (tx) => signUpOnce(tx, ctx, input)));
  await forgive(ctx, { scope: "identity", account: null, address: input.address });
  return { userId };
}

/** The user that the identity is connected to, or null; notes that it was used. Throws `account_disabled`. */
async function findKnown(db: DbLike, { provider, subject }: ProvenIdentity, at: Date): Promise<string | null> {
  const where = { provider_subject: { provider, subject } };
  const known = await db.identity.findUnique({ where, select: { user: { select: { id: true, status: true } } } });
  if (!known) return null;
  if (known.user.status === "disabled") {
    throw new AppError("account_disabled", "This account is disabled. Ask an operator to enable it.");
  }
  await db.identity.update({ where, data: { lastUsedAt: at } });
  return known.user.id;
}

/** Makes the account; of many first sign-ins at once, the others find it made. */
async function signUpOnce(tx: DbLike, ctx: Context, input: { identity: ProvenIdentity; locale: Locale | null }): Promise<string> {
  await lockNewAccounts(tx);
  return (await findKnown(tx, input.identity, ctx.now())) ?? signUpWith(tx, ctx, input);
}

async function signUpWith(
  tx: DbLike,
  ctx: Context,
  { identity, locale }: { identity: ProvenIdentity; locale: Locale | null },
): Promise<string> {
  const email = emailForm.safeParse(identity.email).data;
  if (!email || !identity.emailVerified) {
    throw new AppError("identity_unverified", "The provider has not verified your email. Verify it there, then sign in again.");
  }
  if (await tx.user.findUnique({ where: { email }, select: { id: true } })) {
    throw new AppError("identity_not_linked", "An account with this email exists. Sign in to it, then connect it in the settings.");
  }
  const first = !(await hasUsers(tx));
  const mode = modeOf(ctx, !first);
  const invitation = mode === "invite" ? await invitationFor(tx, ctx, email) : null;
  if (mode === "first_with_token" || (mode === "invite" && !invitation)) {
    throw new AppError("sign_up_closed", "Signing up here needs an invitation for this email. Ask an operator for one.", {
      data: { needs: mode === "invite" ? "invitation" : "set_up_token" },
    });
  }
  const actor = await createAccount(tx, ctx, { email, passwordHash: null, locale, role: first ? "operator" : "user" });
  const { userId, workspaceId } = actor;
  const name = identity.name.trim().slice(0, 63);
  if (name) await tx.user.update({ where: { id: userId }, data: { name } });
  if (invitation) await tx.invitation.update({ where: { id: invitation.id }, data: { usedAt: ctx.now() } });
  await addIdentity(tx, ctx, { identity, userId });
  const data = { provider: identity.provider };
  await recordAudit(tx, { ...ctx, actor }, { action: "identity.connect", targetType: "user", targetId: userId, workspaceId, data });
  return userId;
}

/** Written by whoever has made sure that the person may. */
export async function addIdentity(
  tx: DbLike,
  ctx: Context,
  { identity, userId }: { identity: ProvenIdentity; userId: string },
): Promise<void> {
  const { provider, subject, email } = identity;
  await tx.identity.create({ data: { provider, subject, userId, email: email ?? "", createdAt: ctx.now(), lastUsedAt: ctx.now() } });
}

/** The email is proven here, so that the invitation's token need not be brought. */
function invitationFor(tx: DbLike, ctx: Context, email: string): Promise<{ id: string } | null> {
  return tx.invitation.findFirst({ where: { email, usedAt: null, expiresAt: { gt: ctx.now() } }, select: { id: true } });
}
