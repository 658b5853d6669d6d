import { type Actor, type Context, requireOperator } from "../context.ts";

export interface FoundUser {
  /** In their personal workspace: put it into a context to act on their behalf. */
  actor: Actor;
  email: string;
  status: "active" | "disabled";
}

/** The account with this email (lower case), or null. For operators and the `hydra` command. */
export async function findUserByEmail({ ctx, input }: { ctx: Context; input: { email: string } }): Promise<FoundUser | null> {
  requireOperator(ctx);
  const user = await ctx.db.user.findUnique({
    where: { email: input.email },
    select: {
      ...{ id: true, email: true, role: true, status: true },
      memberships: {
        where: { role: "owner", workspace: { kind: "personal" } },
        orderBy: { createdAt: "asc" },
        take: 1,
        select: { workspace: { select: { id: true, name: true } } },
      },
    },
  });
  const workspace = user?.memberships[0]?.workspace;
  if (!user || !workspace) return null;
  const actor = { userId: user.id, workspaceId: workspace.id, workspaceName: workspace.name, role: user.role };
  return { actor, email: user.email, status: user.status };
}
