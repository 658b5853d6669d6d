import { defineRoute } from "#app/_server/define-route.ts";
import { conversationSamples } from "#app/_server/samples.ts";
import { maxTrialChars, trialCodeInput } from "#lib/contracts/trial.ts";
import { endpointOf } from "#lib/services/conversations/endpoint-of.ts";

/** The conversation as requests in three languages, to the address that serves the model here. */
export const POST = defineRoute({
  scope: "user",
  input: trialCodeInput,
  maxBodyChars: maxTrialChars,
  handle: async ({ ctx, input: { model, messages, ...parameters } }) => {
    const endpoint = await endpointOf({ ctx, input: { accessName: model } });
    return conversationSamples({ endpoint, accessName: model }, { messages, parameters });
  },
});
