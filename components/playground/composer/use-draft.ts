"use client";

import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { Drafts } from "../conversation/drafts.ts";
import type { Question } from "../conversation/message.ts";

const pauseMs = 300;

/** Where the reader's drafts are kept. */
export const DraftsContext = createContext<Drafts | null>(null);

/**
 * A question that is being written, kept while it is. Where its place changes (the conversation has just got its id), it
 * moves along.
 */
export function useDraft(place: string): [Question, (draft: Question) => void] {
  const drafts = useContext(DraftsContext);
  const [draft, setDraft] = useState<Question>(() => drafts?.read(place) ?? { text: "", images: [] });
  const latest = useRef({ place, draft, dirty: false });
  const write = useCallback(() => {
    const { place: at, draft: value, dirty } = latest.current;
    if (dirty) drafts?.write(at, value);
    latest.current.dirty = false;
  }, [drafts]);
  useEffect(() => {
    const { place: before } = latest.current;
    if (before === place) return;
    drafts?.write(before, { text: "", images: [] });
    latest.current = { ...latest.current, place, dirty: true };
    write();
  }, [place, drafts, write]);
  useEffect(() => {
    if (!latest.current.dirty || latest.current.draft !== draft) return;
    const timer = setTimeout(write, pauseMs);
    return () => clearTimeout(timer);
  }, [draft, write]);
  useEffect(() => {
    window.addEventListener("pagehide", write);
    return () => {
      window.removeEventListener("pagehide", write);
      write();
    };
  }, [write]);
  const change = useCallback((next: Question) => {
    latest.current = { ...latest.current, draft: next, dirty: true };
    setDraft(next);
  }, []);
  return [draft, change];
}

/** As {@link useDraft}, for a text that begins as `initial`; the third value forgets what was kept. */
export function useDraftText(place: string, initial: string): [string, (text: string) => void, () => void] {
  const [draft, setDraft] = useDraft(place);
  const touched = useRef(draft.text !== "");
  const drafts = useContext(DraftsContext);
  const change = useCallback(
    (text: string) => {
      touched.current = true;
      setDraft({ text, images: [] });
    },
    [setDraft],
  );
  const done = useCallback(() => {
    setDraft({ text: "", images: [] });
    drafts?.write(place, { text: "", images: [] });
  }, [setDraft, drafts, place]);
  return [touched.current ? draft.text : initial, change, done];
}
