import * as z from "zod/mini";

/** What pages show: a workspace's services, or the catalog with what can be called in it. */
export const liveTopics = ["services", "models"] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** What `GET /api/events` says, one message an event. */
export const liveMessage = z.discriminatedUnion("kind", [
  /** From here on every change is told; what has changed before is not, so that the page reads once. */
  z.object({ kind: z.literal("ready") }),
  /** For now changes are not told: the page asks for itself. */
  z.object({ kind: z.literal("lost") }),
  z.object({ kind: z.literal("changed"), topics: z.array(z.enum(liveTopics)) }),
  /** The stream still stands. */
  z.object({ kind: z.literal("beat") }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;

/** Between two beats; a stream that is silent for much longer is dead. */
export const liveBeatMs = 15_000;
