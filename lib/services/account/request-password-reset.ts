import type { Context } from "../context.ts";
import { reserveAttempt } from "./throttle.ts";

/**
 * Whether a link may be asked for; throws `too_many_attempts` after ten in 15 minutes for one email or from one address.
 * Known and unknown emails are counted alike, and nothing is looked up: who asks learns nothing, not by time either.
 * What follows, {@link issuePasswordReset} and the mail, belongs after the answer.
 */
export async function requestPasswordReset({ ctx, input }: { ctx: Context; input: { email: string; address: string } }): Promise<void> {
  await reserveAttempt(ctx, { scope: "reset", account: input.email, address: input.address });
}
