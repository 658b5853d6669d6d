import { AppError } from "#lib/errors.ts";
import { type Actor, type Context, requireOperator } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { createAccount, lockNewAccounts } from "./create-account.ts";
import { hashPassword } from "./password.ts";

export interface CreateUserInput {
  /** As the contract's `email` parses it: lower case. */
  email: string;
  /** 8 to 256 characters. */
  password: string;
  operator: boolean;
}

/** Makes an account whatever the sign-up mode is. For operators and the `hydra` command. `conflict` where the email is known. */
export async function createUser({ ctx, input }: { ctx: Context; input: CreateUserInput }): Promise<Actor> {
  requireOperator(ctx);
  const { email, password, operator } = input;
  const passwordHash = await hashPassword(password);
  return inTransaction(ctx, async (tx) => {
    await lockNewAccounts(tx);
    if (await tx.user.findUnique({ where: { email }, select: { id: true } })) {
      throw new AppError("conflict", `An account with the email ${email} exists already.`, { param: "email" });
    }
    return createAccount(tx, ctx, { email, passwordHash, locale: null, role: operator ? "operator" : "user" });
  });
}
