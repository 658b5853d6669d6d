import "server-only";
import { LiveHub } from "#lib/live/hub.ts";
import { openLiveStream } from "#lib/live/stream.ts";
import { readSession, type SessionUser } from "#lib/services/account/read-session.ts";
import { anonymousContext } from "./context.ts";
import { runtime } from "./runtime.ts";

function create(): LiveHub {
  const { config, log } = runtime();
  const hub = new LiveHub({
    url: config.databaseDirectUrl,
    onError: (err) => log.warn({ err }, "not listening for changes; open pages ask for themselves until it does"),
  });
  // Open streams would keep the console from ending.
  process.once("SIGTERM", () => hub.close());
  return hub;
}

const holder = globalThis as typeof globalThis & { hydraLiveHub?: LiveHub };

/** What tells the open pages of this process what has changed; kept across hot reloads. */
function liveHub(): LiveHub {
  holder.hydraLiveHub ??= create();
  return holder.hydraLiveHub;
}

/** A stream for one tab of the session; it ends with it, and where the account or its place in the workspace is gone. */
export function liveStreamOf({ sessionId, actor: { workspaceId } }: SessionUser): ReadableStream<Uint8Array> {
  const mayListen = async () => {
    const now = await readSession({ ctx: anonymousContext(), input: { sessionId } });
    return now?.actor.workspaceId === workspaceId;
  };
  return openLiveStream({ hub: liveHub(), workspaceId, mayListen });
}
