import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { serviceMetricsQuery } from "#lib/contracts/service-metrics.ts";
import { readMetrics } from "#lib/services/service-metrics/read.ts";

export const GET = defineRoute({
  scope: "user",
  params: idParams,
  input: serviceMetricsQuery,
  handle: ({ ctx, input, params }) => readMetrics({ ctx, input: { ...input, id: params.id } }),
});
