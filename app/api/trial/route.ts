import { defineRoute } from "#app/_server/define-route.ts";
import { callGateway } from "#app/_server/gateway.ts";
import { maxTrialChars, trialInput } from "#lib/contracts/trial.ts";

/** The online trial: one streamed chat completion as the signed-in user. A reader who leaves ends it at the model too. */
export const POST = defineRoute({
  scope: "user",
  input: trialInput,
  maxBodyChars: maxTrialChars,
  handle: async ({ ctx, input, request }) => {
    const body = { ...input, stream: true, stream_options: { include_usage: true } };
    const answer = await callGateway(ctx.actor, "/chat/completions", body, request.signal);
    return new Response(answer.body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "x-request-id": answer.headers.get("x-request-id") ?? "",
      },
    });
  },
});
