import { defineRoute } from "#app/_server/define-route.ts";
import { runLinesQuery, runParams } from "#lib/contracts/runs.ts";
import { listLines } from "#lib/services/run-logs/list-lines.ts";

export const GET = defineRoute({
  scope: "user",
  params: runParams,
  input: runLinesQuery,
  handle: ({ ctx, input, params }) => listLines({ ctx, input: { serviceId: params.id, runId: params.runId, after: input.after } }),
});
