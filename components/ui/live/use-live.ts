"use client";

import { hashKey, type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { LiveTopic } from "#lib/contracts/live.ts";
import { LiveStream } from "./live-stream.ts";

const stream = new LiveStream();
const never = () => false;
const noTime = () => 0;

/**
 * Reads the queries below `key` again whenever the console tells that something of `topics` has changed. True while it tells:
 * then nobody needs to ask. False at other times: then the page asks now and then, as if there were no stream.
 */
export function useLive(key: QueryKey, ...topics: LiveTopic[]): boolean {
  const queries = useQueryClient();
  const live = useSyncExternalStore(stream.watch, stream.isLive, never);
  const wanted = topics.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: keys and topics are compared by what they say
  useEffect(() => {
    const read = oneAtATime(() => readAgain(queries, key));
    return stream.follow({ topics, read });
  }, [queries, hashKey(key), wanted]);
  return live;
}

/** When what is shown was last known to be so, in milliseconds: when it was read, or the stream has since said that nothing changed. */
export function useHeardAt(readAt: number): number {
  return Math.max(readAt, useSyncExternalStore(stream.watch, stream.heardAt, noTime));
}

/** What is being read already may miss the change, and is read again after it. */
async function readAgain(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const rounds = queries.isFetching({ queryKey }) > 0 ? 2 : 1;
  for (let round = 0; round < rounds; round += 1) await queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
}

/** A change that comes while one is being read is read after it: were that one broken off, a busy workspace would never see an end. */
function oneAtATime(read: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    again = running;
    if (running) return;
    running = true;
    try {
      do {
        again = false;
        await read();
      } while (again);
    } finally {
      running = false;
    }
  };
  return () => void run();
}
