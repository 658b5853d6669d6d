import type { Locale } from "#lib/contracts/account.ts";
import { advisoryLocks } from "#lib/db/advisory-locks.ts";
import type { DbLike } from "#lib/db/client.ts";
import { newId, newWorkspaceName } from "#lib/ids.ts";
import { unitsToNano } from "#lib/money/nano.ts";
import { recordAudit } from "../audit/record.ts";
import type { Actor, Context } from "../context.ts";
import { ledgerKey } from "../ledger/keys.ts";
import { post } from "../ledger/post.ts";

export interface NewAccount {
  /** Lower case. */
  email: string;
  /** Null: it signs in elsewhere. */
  passwordHash: string | null;
  role: "user" | "operator";
  /** Null: not chosen yet. */
  locale: Locale | null;
}

/** Writes a user with a personal workspace, its membership and wallet, and the credit of a new account; in the caller's transaction. */
export async function createAccount(tx: DbLike, ctx: Context, account: NewAccount): Promise<Actor> {
  const at = ctx.now();
  const userId = newId("usr");
  const workspaceId = newId("ws");
  const workspaceName = newWorkspaceName();
  const { email, role } = account;
  const name = email.slice(0, email.indexOf("@"));
  await tx.user.create({ data: { id: userId, name, createdAt: at, ...account } });
  await tx.workspace.create({
    data: {
      ...{ id: workspaceId, name: workspaceName, kind: "personal", createdAt: at },
      memberships: { create: { userId, role: "owner", createdAt: at } },
      accounts: { create: { id: newId("acc"), kind: "wallet", createdAt: at } },
    },
  });
  const amountNano = unitsToNano(ctx.config.signupCredit);
  if (amountNano > 0n) {
    await post(tx, {
      kind: "signup_credit",
      idempotencyKey: ledgerKey.signUpCredit(userId),
      at,
      entries: [
        { party: "grants", amountNano: -amountNano },
        { party: { wallet: workspaceId }, amountNano },
      ],
    });
  }
  // Who signs up has no name yet; the log says it was they.
  const author = ctx.cli || ctx.actor ? ctx : { ...ctx, actor: { userId, workspaceId, workspaceName, role } };
  await recordAudit(tx, author, { action: "user.create", targetType: "user", targetId: userId, workspaceId, data: { role } });
  return { userId, workspaceId, workspaceName, role };
}

/** Makes accounts one at a time until the transaction ends, so that just one can be the first. */
export async function lockNewAccounts(tx: DbLike): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.newAccounts}::bigint)`;
}
