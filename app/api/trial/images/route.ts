import { z } from "zod";
import { defineRoute } from "#app/_server/define-route.ts";
import { callGateway } from "#app/_server/gateway.ts";
import { type TrialImages, trialImageInput } from "#lib/contracts/trial.ts";
import { AppError } from "#lib/errors.ts";

const answerBody = z.object({ data: z.array(z.object({ b64_json: z.string() })).min(1) });

/** The online trial of models that draw: images as base64. A reader who leaves ends it at the model too. */
export const POST = defineRoute({
  scope: "user",
  input: trialImageInput,
  handle: async ({ ctx, input, request }): Promise<TrialImages> => {
    const body = { ...input, response_format: "b64_json" };
    const answer = await callGateway(ctx.actor, "/images/generations", body, request.signal);
    const parsed = answerBody.safeParse(await answer.json().catch(() => null));
    if (!parsed.success) {
      throw new AppError("upstream_invalid_response", "The model's answer holds no images.", { cause: parsed.error });
    }
    return { requestId: answer.headers.get("x-request-id") ?? "", images: parsed.data.data.map((image) => image.b64_json) };
  },
});
