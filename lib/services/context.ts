import type { Config } from "../config.ts";
import type { Db } from "../db/client.ts";
import { AppError } from "../errors.ts";

/** Who asks: a signed-in user in one workspace. */
export interface Actor {
  userId: string;
  workspaceId: string;
  workspaceName: string;
  role: "user" | "operator";
}

/** What a verb is handed: the database, the clock, the installation's settings, and who asks (null: nobody signed in). */
export interface Context {
  db: Db;
  now: () => Date;
  config: Pick<Config, "currency" | "domain" | "gatewayPort" | "signup" | "signupCredit" | "setupToken" | "beyondLoopback">;
  actor: Actor | null;
}

/** The actor, or `sign_in_required`. */
export function requireActor(ctx: Context): Actor {
  if (!ctx.actor) throw new AppError("sign_in_required", "Sign in first.");
  return ctx.actor;
}
