import type { z } from "zod";
import type { signUpMode as signUpModeContract } from "#lib/contracts/account.ts";
import type { DbLike } from "#lib/db/client.ts";
import type { Context } from "../context.ts";

export type SignUpMode = z.output<typeof signUpModeContract>;

/**
 * What a visitor must bring to sign up: nothing, the set-up token (the first account, where strangers can reach the
 * console), or an invitation. The first account on loopback needs no invitation: nobody could have made one.
 */
export async function signUpMode({ ctx }: { ctx: Context }): Promise<SignUpMode> {
  return modeOf(ctx, await hasUsers(ctx.db));
}

export function modeOf(ctx: Context, usersExist: boolean): SignUpMode {
  if (!usersExist) return ctx.config.beyondLoopback ? "first_with_token" : "open";
  return ctx.config.signup === "invite" ? "invite" : "open";
}

export async function hasUsers(db: DbLike): Promise<boolean> {
  return (await db.user.findFirst({ select: { id: true } })) !== null;
}
