import { defineRoute } from "#app/_server/define-route.ts";
import { readGateway } from "#app/_server/gateway.ts";
import { idParams } from "#lib/contracts/common.ts";
import type { OpenReceipt } from "#lib/contracts/openai/receipt.ts";
import type { TrialReceipt } from "#lib/contracts/trial.ts";

/** What one of the workspace's calls used and cost, shortly after its end; `not_found` before that, and for another's. */
export const GET = defineRoute({
  scope: "user",
  params: idParams,
  handle: async ({ ctx, params, request }): Promise<TrialReceipt> => {
    const answer = await readGateway(ctx.actor, `/usage/${encodeURIComponent(params.id)}`, request.signal);
    const { model, usage, price_id, charge_nano, currency } = (await answer.json()) as OpenReceipt;
    return {
      inputTokens: usage.prompt_tokens,
      cachedTokens: usage.cached_tokens,
      outputTokens: usage.completion_tokens,
      images: usage.images,
      // A public model's call that came to nothing has no price either, and cost nothing.
      chargeNano: price_id === null && !model.startsWith("public/") ? null : charge_nano,
      currency,
    };
  },
});
