import { endpointUrl } from "#lib/config.ts";
import { type Context, requireActor } from "../context.ts";

/**
 * The address (ends in `/v1`) that serves what a conversation talks to: a dedicated service's is its region's. What is
 * gone or another's is called at the shared one, which then says so.
 */
export async function endpointOf({ ctx, input }: { ctx: Context; input: { accessName: string } }): Promise<string> {
  const { workspaceId, workspaceName } = requireActor(ctx);
  const [owner, ...rest] = input.accessName.split("/");
  if (owner !== workspaceName) return endpointUrl(ctx.config, null);
  const service = await ctx.db.modelService.findFirst({
    where: { workspaceId, name: rest.join("/"), deletedAt: null, billing: "instance" },
    select: { region: { select: { name: true } } },
  });
  return endpointUrl(ctx.config, service?.region.name ?? null);
}
