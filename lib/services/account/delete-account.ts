import { randomBytes } from "node:crypto";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Actor, type Context, requireActor } from "../context.ts";
import { lockWallet } from "../instance-billing/prepaid.ts";
import { awaitGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";
import { lockNewAccounts } from "./create-account.ts";
import { isLastOperator } from "./deletion-facts.ts";

/**
 * Deletes the actor's account: sessions and keys end, services are asked to, conversations go, and with them email, name
 * and password. What was used and paid stays, without the person's name. Once this has answered, no gateway admits a call
 * of the account (reliability K2).
 *
 * `confirmEmail` must equal the account's email; else `invalid_value`. `last_operator` where nobody else could run the
 * installation.
 */
export async function deleteAccount({ ctx, input }: { ctx: Context; input: { confirmEmail: string } }): Promise<void> {
  const actor = requireActor(ctx);
  await inTransaction(ctx, async (tx) => {
    // One at a time: two operators must not delete themselves together.
    await lockNewAccounts(tx);
    // A deployment that is on its way counts before it or is refused after it.
    await lockWallet(tx, actor.workspaceId);
    const { email } = await tx.user.findUniqueOrThrow({ where: { id: actor.userId }, select: { email: true } });
    if (input.confirmEmail.trim().toLowerCase() !== email) {
      throw new AppError("invalid_value", "Type your email exactly as it is written to delete your account.", { param: "confirmEmail" });
    }
    if (await isLastOperator(tx, actor.userId)) {
      throw new AppError("last_operator", "You are the only operator. Make another account an operator first.");
    }
    await endServices(tx, ctx, actor);
    await endRights(tx, ctx, actor);
    await tx.invitation.deleteMany({ where: { email } });
    const { userId, workspaceId } = actor;
    await recordAudit(tx, ctx, { action: "user.delete", targetType: "user", targetId: userId, workspaceId });
  });
  await Promise.all([awaitGateways(ctx.db, "keys"), awaitGateways(ctx.db, "catalog")]);
}

async function endServices(tx: DbLike, ctx: Context, { userId, workspaceId }: Actor): Promise<void> {
  const where = { workspaceId, deletedAt: null, wanted: { not: "deleted" } } as const;
  const services = await tx.modelService.findMany({ where, select: { id: true } });
  await tx.modelService.updateMany({ where, data: { wanted: "deleted", generation: { increment: 1 } } });
  await tx.serviceEvent.createMany({
    data: services.map(({ id }) => ({ serviceId: id, kind: "delete_requested", actor: userId, at: ctx.now() })),
  });
}

async function endRights(tx: DbLike, ctx: Context, { userId, workspaceId }: Actor): Promise<void> {
  const now = ctx.now();
  await tx.apiKey.updateMany({ where: { workspaceId, revokedAt: null }, data: { revokedAt: now } });
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
  await tx.session.updateMany({ where: { userId }, data: { userAgent: "", address: "" } });
  await tx.identity.deleteMany({ where: { userId } });
  await tx.passwordReset.deleteMany({ where: { userId } });
  await tx.conversation.deleteMany({ where: { userId } });
  await tx.preset.deleteMany({ where: { userId } });
  await tx.user.update({
    where: { id: userId },
    data: {
      // Random, so that nobody can have taken it before; the email is free for a new account.
      email: `deleted-${randomBytes(12).toString("hex")}@deleted.invalid`,
      ...{ name: "", passwordHash: null, role: "user", status: "disabled", deletedAt: now },
    },
  });
}
