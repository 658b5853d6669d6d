import { defineRoute } from "#app/_server/define-route.ts";
import { liveStreamOf } from "#app/_server/live.ts";

/** Tells one open tab that what it shows has changed, never what: it reads that over the routes that say it. */
export const GET = defineRoute({
  scope: "user",
  handle: async ({ session, requestId }) =>
    new Response(liveStreamOf(session), {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "x-request-id": requestId,
      },
    }),
});
