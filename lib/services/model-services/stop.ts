import type { GenerationInput, ServiceDetail } from "#lib/contracts/services.ts";
import type { Context } from "../context.ts";
import { changeWanted } from "./change-wanted.ts";
import { getService } from "./get.ts";

/**
 * Asks for a service's instances to end, drained, while its configuration and name stay; billing ends as each of them has.
 * Nothing happens where it is stopped already. Throws `not_found`, `conflict` (changed meanwhile, being deleted).
 */
export async function stopService({ ctx, input }: { ctx: Context; input: GenerationInput & { id: string } }): Promise<ServiceDetail> {
  await changeWanted(ctx, input, (seen) =>
    seen.wanted === "stopped"
      ? null
      : { data: { wanted: "stopped", suspendedAt: null }, event: { kind: "stop_requested" }, action: "service.stop", costs: false },
  );
  return getService({ ctx, input });
}
