import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";

/**
 * Deletes a model of the caller's workspace; its row stays, so that services and usage can name it. Throws `not_found` for the
 * catalog's models, another workspace's, or one deleted before, and `conflict` while a service runs on it.
 */
export async function removeOwnModel({ ctx, input }: { ctx: Context; input: { slug: string } }): Promise<void> {
  const { workspaceId } = requireActor(ctx);
  const mine = { slug: input.slug, workspaceId, deletedAt: null };
  await inTransaction(ctx, async (tx) => {
    const unused = { ...mine, services: { none: { deletedAt: null } } };
    const { count } = await tx.model.updateMany({ where: unused, data: { deletedAt: ctx.now() } });
    const model = await tx.model.findFirst({
      where: count === 1 ? { slug: input.slug, workspaceId } : mine,
      select: { id: true, name: true, services: { where: { deletedAt: null }, select: { name: true }, orderBy: { name: "asc" } } },
    });
    if (!model) throw new AppError("not_found", "You have no model of your own at this address.", { param: "slug" });
    if (count === 0) {
      const services = model.services.map((service) => service.name).join(", ");
      throw new AppError("conflict", `${model.name} is in use. Delete these services first: ${services}.`, {
        param: "slug",
        data: { reason: "in_use", name: model.name, services },
      });
    }
    await recordAudit(tx, ctx, {
      action: "model.delete",
      targetType: "model",
      targetId: model.id,
      workspaceId,
      data: { slug: input.slug },
    });
  });
}
