import { type LiveMessage, liveBeatMs } from "#lib/contracts/live.ts";
import type { LiveHub } from "./hub.ts";

export interface LiveStreamOptions {
  hub: LiveHub;
  workspaceId: string;
  /** Whether the reader may still listen: asked at each beat. Where that cannot be told, it stays as it is. */
  mayListen: () => Promise<boolean>;
  beatMs?: number;
}

/** So many messages that nobody takes mean that nobody reads. */
const mostWaiting = 50;

/** The body of an answer of `text/event-stream`: what a hub tells one tab, until either side ends it. */
export function openLiveStream({ hub, workspaceId, mayListen, beatMs = liveBeatMs }: LiveStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let leave = () => {};
  let beat: NodeJS.Timeout | undefined;
  let ended = false;
  const cleanUp = () => {
    ended = true;
    clearInterval(beat);
    leave();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = () => {
          if (ended) return;
          cleanUp();
          controller.close();
        };
        const send = (message: LiveMessage) => {
          if (ended) return;
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(message)}\n\n`));
          if ((controller.desiredSize ?? 0) < -mostWaiting) end();
        };
        beat = setInterval(async () => {
          if (await mayListen().catch(() => true)) send({ kind: "beat" });
          else end();
        }, beatMs);
        leave = hub.join({ workspaceId, send, end });
        if (ended) leave();
      },
      cancel: cleanUp,
    },
    new CountQueuingStrategy({ highWaterMark: 1 }),
  );
}
