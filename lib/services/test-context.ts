import { randomBytes } from "node:crypto";
import type { Db } from "#lib/db/client.ts";
import { createUser } from "./account/create-user.ts";
import type { Actor, Context } from "./context.ts";

export type SignedIn = Context & { actor: Actor };

/** A visitor's context on a test's database, with a clock that stands still until it is moved. For tests alone. */
export function visitor(db: Db, config: Partial<Context["config"]> = {}): Context & { clock: { ms: number } } {
  const clock = { ms: Date.now() };
  return {
    db,
    clock,
    now: () => new Date(clock.ms),
    actor: null,
    config: {
      currency: "CNY",
      domain: "localhost",
      gatewayPort: 8080,
      signup: "open",
      signupCredit: 100,
      setupToken: null,
      beyondLoopback: false,
      ...config,
    },
  };
}

/** The context of a new account. */
export async function signedIn(ctx: Context, options: { email?: string; password?: string; operator?: boolean } = {}): Promise<SignedIn> {
  const { email = `${randomBytes(6).toString("hex")}@example.com`, password = "correct horse", operator = false } = options;
  const actor = await createUser({ ctx: { ...ctx, cli: true }, input: { email, password, operator } });
  return { ...ctx, actor };
}
