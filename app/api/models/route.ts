import { defineRoute } from "#app/_server/define-route.ts";
import { hubs } from "#app/_server/hubs.ts";
import { createOwnModelInput } from "#lib/contracts/models.ts";
import { createOwnModel } from "#lib/services/models/create-own.ts";
import { listModels } from "#lib/services/models/list.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => listModels({ ctx }) });

/** Adds a model of the caller's workspace; 201 with its page's contents. */
export const POST = defineRoute({
  scope: "user",
  input: createOwnModelInput,
  handle: async ({ ctx, input, requestId }) => {
    const model = await createOwnModel({ ctx, input, hubs: hubs() });
    const headers = { location: `/api/models/${model.slug}`, "x-request-id": requestId, "cache-control": "no-store" };
    return Response.json(model, { status: 201, headers });
  },
});
