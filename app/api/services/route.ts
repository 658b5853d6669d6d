import { defineRoute } from "#app/_server/define-route.ts";
import { deployInput, serviceListQuery } from "#lib/contracts/services.ts";
import { deploy } from "#lib/services/model-services/deploy.ts";
import { listServices } from "#lib/services/model-services/list.ts";

export const GET = defineRoute({
  scope: "user",
  input: serviceListQuery,
  handle: ({ ctx, input }) => listServices({ ctx, input }),
});

/** Asks for a new service; 201 with the service as it stands before the deployer has seen it. */
export const POST = defineRoute({
  scope: "user",
  input: deployInput,
  handle: async ({ ctx, input, requestId }) => {
    const service = await deploy({ ctx, input });
    const headers = { location: `/api/services/${service.id}`, "x-request-id": requestId, "cache-control": "no-store" };
    return Response.json(service, { status: 201, headers });
  },
});
