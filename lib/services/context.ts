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
  /** Set by the `hydra` command alone: whoever may run it on the machine may do what an operator may. Never set for a request. */
  cli?: true;
}

/** The actor, or `sign_in_required`. */
export function requireActor(ctx: Context): Actor {
  if (!ctx.actor) throw new AppError("sign_in_required", "Sign in first.");
  return ctx.actor;
}

/** Refuses who is neither an operator nor the `hydra` command: `sign_in_required` or `insufficient_permissions`. */
export function requireOperator(ctx: Context): void {
  if (ctx.cli) return;
  if (requireActor(ctx).role !== "operator") {
    throw new AppError("insufficient_permissions", "Only an operator may do this. Ask one of this installation's operators.");
  }
}

/** Who acted, as the audit log and service events write it: `cli`, a user's id, or `system`. */
export function actorName(ctx: Context): string {
  return ctx.cli ? "cli" : (ctx.actor?.userId ?? "system");
}
