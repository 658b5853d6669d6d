import type { z } from "zod";
import type { BillingIntervalView, ServiceBilling, serviceBillingQuery } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import { type Context, requireActor } from "../context.ts";
import { serviceNotFound } from "../model-services/get.ts";
import { atOneMoment } from "../transaction.ts";
import { readServiceCost } from "./service-cost.ts";

type Input = z.output<typeof serviceBillingQuery> & { id: string };

/** What a service's instances have cost, interval by interval, newest first. `not_found` as {@link getService}. */
export async function listServiceBilling({ ctx, input }: { ctx: Context; input: Input }): Promise<ServiceBilling> {
  const { workspaceId } = requireActor(ctx);
  const { id, page, pageSize } = input;
  return atOneMoment(ctx, async (tx) => {
    const service = await tx.modelService.findFirst({ where: { id, workspaceId, deletedAt: null }, select: { id: true } });
    if (!service) throw serviceNotFound();
    const total = await tx.instanceInterval.count({ where: { serviceId: id, workspaceId } });
    const rows = await readIntervals(tx, { serviceId: id, skip: (page - 1) * pageSize, take: pageSize });
    const { costNano, chargedNano, openIntervals } = await readServiceCost(tx, id);
    return {
      items: rows.map(viewOf),
      ...{ total, page, pageSize, openIntervals },
      costNano: costNano.toString(),
      chargedNano: chargedNano.toString(),
    };
  });
}

interface IntervalRow {
  id: bigint;
  instanceId: string;
  instanceType: string;
  priceId: string;
  hourNano: bigint;
  startedAt: Date;
  endedAt: Date | null;
  endReason: BillingIntervalView["endReason"];
  seconds: number;
  waived: boolean;
  costNano: bigint;
  chargedNano: bigint;
}

function readIntervals(tx: DbLike, page: { serviceId: string; skip: number; take: number }): Promise<IntervalRow[]> {
  return tx.$queryRaw<IntervalRow[]>`
    SELECT i."id", i."instanceId", t."name" AS "instanceType", i."instancePriceId" AS "priceId", i."hourNano", i."startedAt", i."endedAt",
      i."endReason"::text AS "endReason", i."waived", i."chargedNano", floor(greatest(extract(epoch FROM c."through" - i."startedAt"), 0))::int AS "seconds",
      i."chargedNano" + interval_due(i, c."through") AS "costNano"
    FROM "instance_intervals" i JOIN "instance_types" t ON t."id" = i."instanceTypeId"
    CROSS JOIN (SELECT billing_now() AS "now") n CROSS JOIN LATERAL (SELECT greatest(coalesce(i."endedAt", n."now"), i."billedThrough") AS "through") c
    WHERE i."serviceId" = ${page.serviceId} ORDER BY i."id" DESC LIMIT ${page.take} OFFSET ${page.skip}`;
}

function viewOf(row: IntervalRow): BillingIntervalView {
  return {
    ...row,
    id: row.id.toString(),
    hourNano: row.hourNano.toString(),
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    costNano: row.costNano.toString(),
    chargedNano: row.chargedNano.toString(),
  };
}
