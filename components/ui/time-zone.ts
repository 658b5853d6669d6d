"use client";

import { useSyncExternalStore } from "react";

/**
 * The reader's own timezone; UTC while the server renders and React takes over its markup, so that both agree, and the
 * reader's right after.
 */
export function useTimeZone(): string {
  return useSyncExternalStore(never, readersZone, serversZone);
}

function never(): () => void {
  return () => {};
}

function readersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function serversZone(): string {
  return "UTC";
}
