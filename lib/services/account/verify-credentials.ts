import { AppError } from "#lib/errors.ts";
import type { Context } from "../context.ts";
import { passwordFits } from "./password.ts";
import { forgive, reserveAttempt } from "./throttle.ts";

export interface Credentials {
  /** Lower case, as the contract parses it. */
  email: string;
  password: string;
  /** Where the request came from; empty where that is unknown. */
  address: string;
}

/**
 * The user whose email and password these are. An unknown email and a wrong password get the same answer after the same
 * work: `wrong_credentials`. After ten failures of an account or an address within 15 minutes: `too_many_attempts`, with
 * no password looked at. `account_disabled` is told only to who knows the password.
 */
export async function verifyCredentials({ ctx, input }: { ctx: Context; input: Credentials }): Promise<{ userId: string }> {
  const { email, password, address } = input;
  const attempt = { scope: "sign-in", account: email, address } as const;
  await reserveAttempt(ctx, attempt);
  const user = await ctx.db.user.findUnique({ where: { email }, select: { id: true, passwordHash: true, status: true } });
  const fits = await passwordFits(user?.passwordHash ?? null, password);
  if (!user || !fits) throw new AppError("wrong_credentials", "Email or password is wrong.");
  await forgive(ctx, attempt);
  if (user.status === "disabled") throw new AppError("account_disabled", "This account is disabled. Ask an operator to enable it.");
  return { userId: user.id };
}
