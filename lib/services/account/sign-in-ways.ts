import type { SignInWays } from "#lib/contracts/account.ts";
import { identityProvider } from "#lib/contracts/account.ts";
import { type Context, requireActor } from "../context.ts";

/** How the actor can sign in: with a password, with accounts elsewhere. */
export async function signInWays({ ctx }: { ctx: Context }): Promise<SignInWays> {
  const { userId } = requireActor(ctx);
  const { passwordHash, identities } = await ctx.db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { passwordHash: true, identities: { orderBy: { createdAt: "asc" } } },
  });
  return {
    hasPassword: passwordHash !== null,
    identities: identities.map(({ provider, email, createdAt, lastUsedAt }) => ({
      provider: identityProvider.parse(provider),
      email,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
  };
}
