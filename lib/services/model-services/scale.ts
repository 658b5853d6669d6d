import type { ScaleInput, ServiceDetail } from "#lib/contracts/services.ts";
import { AppError } from "#lib/errors.ts";
import type { Context } from "../context.ts";
import { changeWanted } from "./change-wanted.ts";
import { getService } from "./get.ts";
import { maxInstances, minInstances } from "./limits.ts";

/**
 * Adds instances to a service, or removes some; see {@link changeWanted} for generations. Throws also `invalid_value` (nothing
 * to change, out of bounds), `conflict` (stopped or being deleted), `credit_balance_exhausted`.
 */
export async function scale({ ctx, input }: { ctx: Context; input: ScaleInput & { id: string } }): Promise<ServiceDetail> {
  await changeWanted(ctx, input, (seen) => {
    if (seen.wanted === "stopped") throw new AppError("conflict", "This service is stopped, so it cannot be scaled. Start it first.");
    const from = seen.wantedInstances;
    const to = targetOf(from, input.add);
    return {
      data: { wantedInstances: to },
      event: { kind: "scale_requested", data: { from, to } },
      action: "service.scale",
      costs: to > from,
    };
  });
  return getService({ ctx, input });
}

function targetOf(from: number, add: number): number {
  if (add === 0) throw new AppError("invalid_value", "Say how many instances to add or remove; 0 changes nothing.", { param: "add" });
  const to = from + add;
  if (to < minInstances || to > maxInstances) {
    throw new AppError("invalid_value", `A service has ${minInstances} to ${maxInstances} instances; this would make it ${to}.`, {
      param: "add",
      data: { min: minInstances, max: maxInstances, current: from, result: to },
    });
  }
  return to;
}
