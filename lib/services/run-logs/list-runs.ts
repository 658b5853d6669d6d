import type { RunList, RunView } from "#lib/contracts/runs.ts";
import type { InstanceRun } from "#prisma/generated/client.ts";
import { type Context, requireActor } from "../context.ts";
import { serviceNotFound } from "../model-services/get.ts";
import { namedValues, reasonOf } from "../model-services/view.ts";

const runsShown = 20;

/** The newest runs of one of the workspace's services, also of instances that are gone. Throws `not_found`. */
export async function listRuns({ ctx, input }: { ctx: Context; input: { serviceId: string } }): Promise<RunList> {
  const { workspaceId } = requireActor(ctx);
  const service = await ctx.db.modelService.findFirst({
    where: { id: input.serviceId, workspaceId, deletedAt: null },
    select: { runs: { where: { workspaceId }, orderBy: [{ startedAt: "desc" }, { id: "desc" }], take: runsShown } },
  });
  if (!service) throw serviceNotFound();
  return { items: service.runs.map(viewOf) };
}

function viewOf(row: InstanceRun): RunView {
  const { id, instanceId, number, exit, host, podName, logLines } = row;
  return {
    ...{ id, instanceId, number, exit, host, podName, logLines },
    startedAt: row.startedAt.toISOString(),
    readyAt: row.readyAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    reason: reasonOf(row.reason),
    reasonData: namedValues(row.reasonData),
  };
}
