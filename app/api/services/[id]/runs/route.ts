import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { listRuns } from "#lib/services/run-logs/list-runs.ts";

export const GET = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => listRuns({ ctx, input: { serviceId: params.id } }),
});
