import { createHash, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import type { Locale, signUpInput } from "#lib/contracts/account.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { createAccount, lockNewAccounts } from "./create-account.ts";
import { hashOneTimeToken } from "./one-time-token.ts";
import { hashPassword } from "./password.ts";
import { hasUsers, modeOf } from "./sign-up-mode.ts";
import { forgive, reserveAttempt } from "./throttle.ts";

export type SignUpRequest = z.output<typeof signUpInput> & {
  /** Where the request came from; wrong tokens are counted by it. */
  address: string;
  /** Chosen before signing up; null where nothing was. */
  locale: Locale | null;
};

/**
 * Makes an account with a personal workspace, a wallet and the credit of a new account. The installation's first account
 * is its operator.
 *
 * Says nothing about whether the email was known: then it does the same work and changes nothing. The caller signs in
 * with the same password afterwards, which works for a new account and for the owner of an old one, and for a
 * stranger fails as any wrong password does.
 *
 * Throws `sign_up_closed` (`param` token; `data.needs` is `set_up_token` or `invitation`) where the token is missing or
 * does not do, `too_many_attempts` after ten wrong tokens.
 */
export async function signUp({ ctx, input }: { ctx: Context; input: SignUpRequest }): Promise<void> {
  const attempt = { scope: "sign-up", account: null, address: input.address } as const;
  // Tokens are tried before hashing, so that guessing them costs the guesser his attempts and us no work.
  const counted = input.token !== "" && modeOf(ctx, await hasUsers(ctx.db)) !== "open";
  if (counted) await reserveAttempt(ctx, attempt);
  await admit(ctx.db, ctx, input);
  const passwordHash = await hashPassword(input.password);
  await inTransaction(ctx, async (tx) => {
    await lockNewAccounts(tx);
    // Again under the lock: another account may have become the first, another sign-up may have used the invitation.
    const { first, invitationId } = await admit(tx, ctx, input);
    const { email, locale } = input;
    if (await tx.user.findUnique({ where: { email }, select: { id: true } })) return;
    await createAccount(tx, ctx, { email, passwordHash, locale, role: first ? "operator" : "user" });
    if (invitationId) await tx.invitation.update({ where: { id: invitationId }, data: { usedAt: ctx.now() } });
  });
  if (counted) await forgive(ctx, attempt);
}

interface Admission {
  first: boolean;
  invitationId: string | null;
}

async function admit(db: DbLike, ctx: Context, { token, email }: SignUpRequest): Promise<Admission> {
  const usersExist = await hasUsers(db);
  const mode = modeOf(ctx, usersExist);
  if (mode === "first_with_token") {
    const { setupToken } = ctx.config;
    if (setupToken === null || !sameText(token, setupToken)) throw closed("set_up_token");
    return { first: true, invitationId: null };
  }
  if (mode === "open") return { first: !usersExist, invitationId: null };
  const invitation = token === "" ? null : await db.invitation.findUnique({ where: { tokenHash: hashOneTimeToken(token) } });
  const good = invitation && !invitation.usedAt && invitation.expiresAt > ctx.now() && (invitation.email ?? email) === email;
  if (!good) throw closed("invitation");
  return { first: false, invitationId: invitation.id };
}

function closed(needs: "set_up_token" | "invitation"): AppError {
  const message =
    needs === "set_up_token"
      ? "The first account of this installation needs the set-up token that was printed when Hydra started."
      : "Signing up here needs an invitation that is unused, not expired, and for this email. Ask an operator for one.";
  return new AppError("sign_up_closed", message, { param: "token", data: { needs } });
}

/** Takes the same time whatever the texts are; hashing makes their lengths equal. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
