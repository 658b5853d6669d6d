import type { Context } from "../context.ts";
import { reserveAttempt } from "./throttle.ts";

/** A whole office comes from one address in the morning, and nothing can be guessed here: only floods are kept out. */
const most = 200;

/** Before somebody is sent to sign in elsewhere: `too_many_attempts` after 200 from one address in 15 minutes that came to nothing. */
export async function startIdentity({ ctx, input }: { ctx: Context; input: { address: string } }): Promise<void> {
  await reserveAttempt(ctx, { scope: "identity", account: null, address: input.address }, most);
}
