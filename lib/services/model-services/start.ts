import type { GenerationInput, ServiceDetail } from "#lib/contracts/services.ts";
import type { Context } from "../context.ts";
import { changeWanted } from "./change-wanted.ts";
import { getService } from "./get.ts";

/**
 * Asks for a stopped service to run as it was set; also for a suspended one, which does so by itself once there is credit.
 * Nothing happens where it should run already. Throws `not_found`, `conflict` (changed meanwhile, being deleted),
 * `credit_balance_exhausted`.
 */
export async function startService({ ctx, input }: { ctx: Context; input: GenerationInput & { id: string } }): Promise<ServiceDetail> {
  await changeWanted(ctx, input, (seen) =>
    seen.wanted === "running" && !seen.suspendedAt
      ? null
      : { data: { wanted: "running", suspendedAt: null }, event: { kind: "start_requested" }, action: "service.start", costs: true },
  );
  return getService({ ctx, input });
}
