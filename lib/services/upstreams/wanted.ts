import type { ServiceEventKind } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import { actorName, type Context } from "../context.ts";

/** The service wants as many instances as it has endpoints; without any it is stopped, and with its first one started. */
export async function wantAll(tx: DbLike, ctx: Context, serviceId: string, before: number): Promise<void> {
  const count = await tx.upstreamEndpoint.count({ where: { serviceId, enabled: true } });
  const starts = before === 0 && count > 0;
  await tx.modelService.update({
    where: { id: serviceId },
    data: {
      generation: { increment: 1 },
      ...(count > 0 ? { wantedInstances: count } : { wanted: "stopped" }),
      ...(starts ? { wanted: "running" } : {}),
    },
  });
  const kind: ServiceEventKind = count === 0 ? "stop_requested" : starts ? "start_requested" : "scale_requested";
  const data = kind === "scale_requested" ? { from: before, to: count } : {};
  await tx.serviceEvent.create({ data: { serviceId, kind, actor: actorName(ctx), at: ctx.now(), data } });
}
