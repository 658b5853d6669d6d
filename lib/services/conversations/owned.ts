import { AppError } from "#lib/errors.ts";
import { type Context, requireActor } from "../context.ts";

/** The filter that every query of conversations holds: only the user who had it sees it, in the workspace it was held in. */
export function owned(ctx: Context): { userId: string; workspaceId: string } {
  const { userId, workspaceId } = requireActor(ctx);
  return { userId, workspaceId };
}

export function noConversation(): AppError {
  return new AppError("not_found", "There is no such conversation.");
}
