"use client";

import { ArrowUp, Square } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";

interface ComposerProps {
  busy: boolean;
  /** Why nothing can be sent now, or null. */
  blocked: string | null;
  onSend: (question: string) => void;
  onStop: () => void;
}

/** Enter sends, Shift+Enter breaks the line; while a model answers the button stops it. */
export function Composer({ busy, blocked, onSend, onStop }: ComposerProps) {
  const t = useTranslations("playground");
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const ready = text.trim() !== "" && !busy && blocked === null;
  const send = () => {
    if (!ready) return;
    onSend(text.trim());
    setText("");
  };
  const stop = () => {
    onStop();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A Chinese or Japanese input method confirms its candidates with Enter.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className="sticky bottom-0 bg-canvas px-4 pt-1 pb-4 md:px-6">
      <div className="flex items-end gap-2 rounded-card border border-control bg-surface p-2 focus-within:outline-2 focus-within:outline-accent">
        <textarea
          ref={field}
          aria-label={t("message")}
          placeholder={t("messagePlaceholder")}
          rows={Math.min(8, text.split("\n").length)}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="max-h-60 min-h-9 flex-1 resize-none bg-transparent px-1.5 py-2 outline-none placeholder:text-faint md:min-h-8 md:py-1.5"
        />
        {busy ? (
          <Button size="icon" aria-label={t("stop")} title={t("stop")} onClick={stop}>
            <Square className="fill-current" aria-hidden />
          </Button>
        ) : (
          <Button variant="primary" size="icon" aria-label={t("send")} title={t("send")} disabled={!ready} onClick={send}>
            <ArrowUp aria-hidden />
          </Button>
        )}
      </div>
      <p className="mt-1.5 min-h-4 text-label text-muted">{blocked ?? ""}</p>
    </div>
  );
}
