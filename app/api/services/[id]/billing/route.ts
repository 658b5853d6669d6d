import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { serviceBillingQuery } from "#lib/contracts/services.ts";
import { listServiceBilling } from "#lib/services/instance-billing/list.ts";

/** What the service's instances have cost, interval by interval. */
export const GET = defineRoute({
  scope: "user",
  params: idParams,
  input: serviceBillingQuery,
  handle: ({ ctx, input, params }) => listServiceBilling({ ctx, input: { ...input, id: params.id } }),
});
