import type { ServiceEventKind } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { recordAudit } from "../audit/record.ts";
import { actorName, type Context, requireActor } from "../context.ts";
import { inPrepaidTransaction, withRecall } from "../instance-billing/in-prepaid-transaction.ts";
import { inTransaction } from "../transaction.ts";
import { serviceNotFound } from "./get.ts";
import { inTurn } from "./in-turn.ts";

const select = {
  generation: true,
  wanted: true,
  wantedInstances: true,
  suspendedAt: true,
  regionId: true,
  instanceTypeId: true,
  billing: true,
} satisfies Prisma.ModelServiceSelect;
export type Wanted = Prisma.ModelServiceGetPayload<{ select: typeof select }>;

export interface WantedChange {
  data: Pick<Prisma.ModelServiceUncheckedUpdateManyInput, "wanted" | "wantedInstances" | "instanceTypeId" | "suspendedAt">;
  event: { kind: ServiceEventKind; data?: Record<string, string | number> };
  /** Of the audit log. */
  action: string;
  /** Whether it asks for more instances than before, so that credit must cover them. */
  costs: boolean;
  /** More to write in the same transaction. */
  also?: (tx: DbLike) => Promise<void>;
}

/** Null changes nothing. */
type Decide = (seen: Wanted) => WantedChange | null | Promise<WantedChange | null>;

export interface ChangeRequest {
  id: string;
  /** The one that the caller saw. */
  generation: number;
}

/**
 * Changes what is wanted of a service, once for each generation: of those who saw the same one, the first gets to write and
 * all others get `conflict` with what it is now (`data.generation`, `data.wantedInstances`). `decide` sees the service as the
 * caller saw it. Throws also `not_found`, `conflict` (being deleted), `credit_balance_exhausted`.
 */
export async function changeWanted(ctx: Context, request: ChangeRequest, decide: Decide): Promise<void> {
  const { workspaceId } = requireActor(ctx);
  // In turn: of a thousand who saw one generation, those who come too late then cost a look each, and no transaction.
  await withRecall(ctx, workspaceId, () => inTurn(request.id, () => attempt(ctx, request, decide)));
}

async function attempt(ctx: Context, { id, generation }: ChangeRequest, decide: Decide): Promise<void> {
  const { workspaceId } = requireActor(ctx);
  const mine = { id, workspaceId, deletedAt: null };
  const seen = await ctx.db.modelService.findFirst({ where: mine, select });
  if (!seen) throw serviceNotFound();
  if (seen.generation !== generation) throw staleGeneration(seen);
  if (seen.wanted === "deleted") throw new AppError("conflict", "This service is being deleted, so it cannot be changed.");
  const change = await decide(seen);
  if (!change) return;

  // What was read above decides nothing: only the one whose generation still holds gets to write.
  const write = async (tx: DbLike) => {
    const { count } = await tx.modelService.updateMany({
      where: { ...mine, generation, wanted: { not: "deleted" } },
      data: { ...change.data, generation: { increment: 1 } },
    });
    if (count === 0) throw staleGeneration(await tx.modelService.findFirst({ where: mine, select }));
    await change.also?.(tx);
    const { kind, data = {} } = change.event;
    await tx.serviceEvent.create({ data: { serviceId: id, kind, actor: actorName(ctx), at: ctx.now(), data } });
    await recordAudit(tx, ctx, { action: change.action, targetType: "service", targetId: id, workspaceId, data });
  };
  if (change.costs && seen.billing === "instance") await inPrepaidTransaction(ctx, workspaceId, write);
  else await inTransaction(ctx, write);
}

function staleGeneration(now: Pick<Wanted, "generation" | "wantedInstances"> | null): AppError {
  if (!now) return serviceNotFound();
  return new AppError(
    "conflict",
    `This service has changed since you looked: it is now set to ${now.wantedInstances} instances (generation ${now.generation}). Look again, then try again.`,
    { param: "generation", data: { generation: now.generation, wantedInstances: now.wantedInstances } },
  );
}
