import type { Me } from "#lib/contracts/account.ts";
import { type Context, requireActor } from "../context.ts";
import { readBalance } from "../wallet/balance.ts";

/** Who is signed in, in which workspace, with what balance. */
export async function me({ ctx }: { ctx: Context }): Promise<Me> {
  const { userId, workspaceId, workspaceName } = requireActor(ctx);
  const [user, balance] = await Promise.all([
    ctx.db.user.findUniqueOrThrow({ where: { id: userId }, select: { id: true, email: true, name: true, role: true } }),
    readBalance({ ctx }),
  ]);
  return { ...user, workspace: { id: workspaceId, name: workspaceName }, ...balance };
}
