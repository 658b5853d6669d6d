import type { RunLines } from "#lib/contracts/runs.ts";
import { AppError } from "#lib/errors.ts";
import { type Context, requireActor } from "../context.ts";
import { atOneMoment } from "../transaction.ts";

/** As many as are kept of a run. */
const linesShown = 1_000;

/** The log of one run, after a line that the caller has seen (0: none). Throws `not_found`. */
export async function listLines({
  ctx,
  input,
}: {
  ctx: Context;
  input: { serviceId: string; runId: string; after: number };
}): Promise<RunLines> {
  const { workspaceId } = requireActor(ctx);
  const { serviceId, runId, after } = input;
  // Prisma reads relations in queries of their own: "complete" must be said of these lines.
  const run = await atOneMoment(ctx, (tx) =>
    tx.instanceRun.findFirst({
      where: { id: runId, serviceId, workspaceId, service: { workspaceId, deletedAt: null } },
      select: { logComplete: true, lines: { where: { seq: { gt: after } }, orderBy: { seq: "asc" }, take: linesShown } },
    }),
  );
  if (!run) throw new AppError("not_found", "There is no such run; of each service the newest 20 are kept.");
  return { items: run.lines.map(({ seq, at, text }) => ({ seq, at: at.toISOString(), text })), complete: run.logComplete };
}
