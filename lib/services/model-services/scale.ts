import type { ScaleInput, ServiceDetail } from "#lib/contracts/services.ts";
import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { actorName, type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { getService, serviceNotFound } from "./get.ts";
import { maxInstances, minInstances } from "./limits.ts";

/**
 * Adds instances to a service, or removes some. `generation` is the one that the caller saw: where the service has
 * changed since, `conflict` says what it is now (`data.generation`, `data.wantedInstances`). Throws also `not_found`,
 * `invalid_value` (nothing to change, out of bounds), `conflict` (stopped or being deleted).
 */
export async function scale({ ctx, input }: { ctx: Context; input: ScaleInput & { id: string } }): Promise<ServiceDetail> {
  const { workspaceId } = requireActor(ctx);
  const { id, add, generation } = input;
  await inTransaction(ctx, async (tx) => {
    const mine = { id, workspaceId, deletedAt: null };
    const select = { generation: true, wantedInstances: true, wanted: true } as const;
    const seen = await tx.modelService.findFirst({ where: mine, select });
    if (!seen) throw serviceNotFound();
    if (seen.generation !== generation) throw staleGeneration(seen);
    if (seen.wanted !== "running") {
      throw new AppError("conflict", `This service is ${seen.wanted === "deleted" ? "being deleted" : "stopped"}, so it cannot be scaled.`);
    }
    const from = seen.wantedInstances;
    const to = targetOf(from, add);
    // The read above decides nothing: only the one whose generation still holds gets to write.
    const { count } = await tx.modelService.updateMany({
      where: { ...mine, generation, wanted: "running" },
      data: { wantedInstances: to, generation: { increment: 1 } },
    });
    if (count === 0) throw staleGeneration(await tx.modelService.findFirst({ where: mine, select }));
    await tx.serviceEvent.create({
      data: { serviceId: id, kind: "scale_requested", actor: actorName(ctx), at: ctx.now(), data: { from, to } },
    });
    await recordAudit(tx, ctx, { action: "service.scale", targetType: "service", targetId: id, workspaceId, data: { from, to } });
  });
  return getService({ ctx, input: { id } });
}

function targetOf(from: number, add: number): number {
  if (add === 0) throw new AppError("invalid_value", "Say how many instances to add or remove; 0 changes nothing.", { param: "add" });
  const to = from + add;
  if (to < minInstances || to > maxInstances) {
    throw new AppError("invalid_value", `A service has ${minInstances} to ${maxInstances} instances; this would make it ${to}.`, {
      param: "add",
      data: { min: minInstances, max: maxInstances, current: from, result: to },
    });
  }
  return to;
}

function staleGeneration(now: { generation: number; wantedInstances: number } | null): AppError {
  if (!now) return serviceNotFound();
  return new AppError(
    "conflict",
    `This service has changed since you looked: it is now set to ${now.wantedInstances} instances (generation ${now.generation}). Look again, then scale.`,
    { param: "generation", data: { generation: now.generation, wantedInstances: now.wantedInstances } },
  );
}
