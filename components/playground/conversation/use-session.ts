"use client";

import { useSyncExternalStore } from "react";
import type { Session, SessionState } from "./session.ts";

/** A conversation's state; the component is drawn again when it changes. */
export function useSession(session: Session): SessionState {
  return useSyncExternalStore(session.subscribe, session.snapshot, session.snapshot);
}
