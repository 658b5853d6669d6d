import { type MetricRange, metricRanges, type ServiceMetrics } from "#lib/contracts/service-metrics.ts";
import { type Context, requireActor } from "../context.ts";
import { serviceNotFound } from "../model-services/get.ts";

interface Row {
  at: Date;
  requests: number;
  errors: number;
  outputTokens: number;
  firstTokenMs: number | null;
  inFlight: number;
}

/** What the calls of one of the workspace's services came to over time, from their usage records. Throws `not_found`. */
export async function readMetrics({ ctx, input }: { ctx: Context; input: { id: string; range: MetricRange } }): Promise<ServiceMetrics> {
  const { workspaceId } = requireActor(ctx);
  const service = await ctx.db.modelService.findFirst({ where: { id: input.id, workspaceId, deletedAt: null }, select: { id: true } });
  if (!service) throw serviceNotFound();
  const { seconds, stepSeconds } = metricRanges[input.range];
  const stepMs = stepSeconds * 1_000;
  const last = new Date(Math.floor(ctx.now().getTime() / stepMs) * stepMs);
  const first = new Date(last.getTime() - (seconds - stepSeconds) * 1_000);
  const step = `${stepSeconds} seconds`;
  // Steps are found by the index on service and time; a step's rows are read once.
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT s."at", count(u."requestId")::int AS "requests",
      count(*) FILTER (WHERE u."outcome" IN ('upstream_error', 'timeout'))::int AS "errors",
      coalesce(sum(u."outputTokens"), 0)::int AS "outputTokens",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY u."firstTokenMs")::float8 AS "firstTokenMs",
      coalesce(sum(u."durationMs"), 0)::float8 / ${stepMs} AS "inFlight"
    FROM generate_series(${first}::timestamptz, ${last}::timestamptz, ${step}::interval) AS s("at")
    LEFT JOIN "usage_records" u ON u."serviceId" = ${service.id} AND u."startedAt" >= ${first}
      AND date_bin(${step}::interval, u."startedAt", ${first}::timestamptz) = s."at"
    GROUP BY 1 ORDER BY 1`;
  return { range: input.range, stepSeconds, points: rows.map(({ at, ...figures }) => ({ at: at.toISOString(), ...figures })) };
}
