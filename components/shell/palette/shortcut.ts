"use client";

import { useSyncExternalStore } from "react";

/** How this machine writes the palette's shortcut; the same on the server and while React takes over. */
export function useShortcut(): string {
  return useSyncExternalStore(never, own, common);
}

/** Whether a key press asks for the palette. */
export function isShortcut(event: KeyboardEvent): boolean {
  return event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
}

function never(): () => void {
  return () => {};
}

function own(): string {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K";
}

function common(): string {
  return "Ctrl K";
}
