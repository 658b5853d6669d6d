"use client";

import { ArrowDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { entriesOf, type Message } from "../conversation/message.ts";
import { ClearedLine } from "./cleared-line.tsx";
import { useStickToEnd } from "./stick-to-end.ts";
import { Turn } from "./turn.tsx";
import type { TurnActions } from "./turn-actions.ts";

/** Turns that are drawn at once; earlier ones follow when the reader scrolls up to them. */
const drawnAtOnce = 20;

interface TranscriptProps {
  messages: Message[];
  actions: TurnActions;
  /** The question that is being edited. */
  editing: string | null;
  /** Stands above the first message. */
  notice: ReactNode;
  /** Stands in place of messages while there are none. */
  empty: ReactNode;
}

/** The conversation. It follows the newest text only while the reader is at the end. */
export function Transcript({ messages, actions, editing, notice, empty }: TranscriptProps) {
  const t = useTranslations("playground");
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useStickToEnd(box, content);
  const entries = useMemo(() => entriesOf(messages), [messages]);
  const { shown, sentinel } = useEarlier(box, entries.length);
  const last = entries.at(-1)?.id;
  useLayoutEffect(() => {
    if (last) toEnd();
  }, [last, toEnd]);
  const busy = messages.at(-1)?.state === "streaming";
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={box} className="h-full overflow-y-auto overscroll-contain" tabIndex={-1}>
        <div
          ref={content}
          role="log"
          aria-label={t("messages")}
          aria-busy={busy}
          className="mx-auto flex min-h-full max-w-3xl flex-col gap-6 px-4 py-6 md:px-6"
        >
          {shown < entries.length ? <div ref={sentinel} className="h-px" /> : notice}
          {entries.length === 0 ? empty : null}
          {entries
            .slice(-shown)
            .map((entry) =>
              entry.kind === "clear" ? (
                <ClearedLine key={entry.id} onUndo={() => actions.remove(entry.id)} />
              ) : (
                <Turn
                  key={entry.id}
                  question={entry.kind === "turn" ? entry.question : null}
                  answer={entry.answer}
                  last={entry.id === last}
                  editing={editing === entry.id}
                  busy={busy}
                  actions={actions}
                />
              ),
            )}
        </div>
      </div>
      {atEnd || entries.length === 0 ? null : (
        <Button size="small" onClick={toEnd} className="absolute bottom-3 left-1/2 -translate-x-1/2 animate-fade rounded-full shadow-float">
          <ArrowDown aria-hidden />
          {t("toLatest")}
        </Button>
      )}
      <p role="status" className="sr-only">
        {busy ? t("answering") : messages.at(-1)?.role === "assistant" ? t("answered") : ""}
      </p>
    </div>
  );
}

/** How many of the last entries to draw; more once the reader has come to the first of them. */
function useEarlier(box: React.RefObject<HTMLElement | null>, total: number) {
  const [shown, setShown] = useState(drawnAtOnce);
  const sentinel = useRef<HTMLDivElement>(null);
  const heightBefore = useRef(0);
  useEffect(() => {
    if (shown >= total || !sentinel.current || !box.current) return;
    const outer = box.current;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        heightBefore.current = outer.scrollHeight;
        setShown((count) => count + drawnAtOnce);
      },
      { root: outer, rootMargin: "600px 0px 0px 0px" },
    );
    observer.observe(sentinel.current);
    return () => observer.disconnect();
  }, [shown, total, box]);
  useLayoutEffect(() => {
    // Where the browser does not hold the place by itself.
    if (shown === drawnAtOnce || !box.current || CSS.supports("overflow-anchor", "auto")) return;
    box.current.scrollTop += box.current.scrollHeight - heightBefore.current;
  }, [shown, box]);
  return { shown, sentinel };
}
