import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { actorName, type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { serviceNotFound } from "./get.ts";

/**
 * Asks for a service to be deleted; the deployer drains its instances and ends them. `confirmName` must equal the
 * service's name. Asked again while it is being deleted, nothing more happens. Throws `not_found`, `invalid_value`.
 */
export async function remove({ ctx, input }: { ctx: Context; input: { id: string; confirmName: string } }): Promise<void> {
  const { workspaceId } = requireActor(ctx);
  const { id, confirmName } = input;
  await inTransaction(ctx, async (tx) => {
    const mine = { id, workspaceId, deletedAt: null };
    const service = await tx.modelService.findFirst({ where: mine, select: { name: true } });
    if (!service) throw serviceNotFound();
    if (confirmName !== service.name) {
      throw new AppError("invalid_value", "Type the service's name exactly as it is written to delete it.", { param: "confirmName" });
    }
    const { count } = await tx.modelService.updateMany({
      where: { ...mine, wanted: { not: "deleted" } },
      data: { wanted: "deleted", generation: { increment: 1 } },
    });
    if (count === 0) return;
    await tx.serviceEvent.create({ data: { serviceId: id, kind: "delete_requested", actor: actorName(ctx), at: ctx.now() } });
    const data = { name: service.name };
    await recordAudit(tx, ctx, { action: "service.delete", targetType: "service", targetId: id, workspaceId, data });
  });
}
