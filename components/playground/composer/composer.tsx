"use client";

import { ArrowUp, ImagePlus, Square } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.ts";
import type { Question } from "../conversation/message.ts";
import { Attachments } from "./attachments.tsx";
import { imageTypes } from "./resize-image.ts";
import { filesOf, useAttachments, useDrop } from "./use-attachments.ts";
import { useDraft } from "./use-draft.ts";

interface ComposerProps {
  /** Where what is typed is kept. */
  place: string;
  busy: boolean;
  /** Why nothing can be sent now, or null. */
  blocked: string | null;
  /** What would help against that. */
  remedy: ReactNode;
  /** Whether the chosen model reads images. */
  images: boolean;
  onSend: (question: Question) => void;
  onStop: () => void;
  onEditLast: () => void;
}

/** Enter sends, Shift+Enter breaks the line, ↑ in an empty field edits the last question; while a model answers the button stops it. */
export function Composer({ place, busy, blocked, remedy, images, onSend, onStop, onEditLast }: ComposerProps) {
  const t = useTranslations("playground");
  const [draft, setDraft] = useDraft(place);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  }, [draft]);
  // Who opens a conversation is about to write; on a touch screen the keyboard would cover what they came to read.
  useEffect(() => {
    const elsewhere = document.querySelector('[role="dialog"]') !== null || document.activeElement instanceof HTMLInputElement;
    if (!elsewhere && window.matchMedia("(hover: hover) and (pointer: fine)").matches) field.current?.focus();
  }, []);
  const attach = useAttachments(
    () => latest.current.images,
    (next) => {
      latest.current = { ...latest.current, images: next };
      setDraft(latest.current);
    },
  );
  const unreadable = draft.images.length > 0 && !images ? t("textOnly") : null;
  const reason = blocked ?? unreadable;
  const ready = (draft.text.trim() !== "" || draft.images.length > 0) && !busy && reason === null;
  const send = () => {
    if (!ready) return;
    onSend({ text: draft.text.trim(), images: draft.images });
    setDraft({ text: "", images: [] });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A Chinese or Japanese input method confirms its candidates with Enter.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && draft.text === "" && !busy) {
      event.preventDefault();
      onEditLast();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = filesOf(event.clipboardData);
    if (files.length === 0 || !images) return;
    event.preventDefault();
    void attach(files);
  };
  useDrop((files) => {
    if (images) void attach(files);
    else toast.error(t("textOnly"));
  });
  const stop = () => {
    onStop();
    field.current?.focus();
  };
  return (
    <div className="mx-auto w-full max-w-3xl px-4 pt-1 pb-3 md:px-6">
      <div className="flex flex-col rounded-card border border-control bg-surface p-2 focus-within:outline-2 focus-within:outline-accent">
        <Attachments images={draft.images} onRemove={(index) => setDraft({ ...draft, images: draft.images.toSpliced(index, 1) })} />
        <div className="flex items-end gap-1.5">
          {images ? (
            <>
              <input
                ref={picker}
                type="file"
                accept={imageTypes.join(",")}
                multiple
                hidden
                onChange={(event) => {
                  void attach(event.target.files ?? []);
                  event.target.value = "";
                }}
              />
              <Button variant="ghost" size="icon" aria-label={t("attach")} title={t("attachHint")} onClick={() => picker.current?.click()}>
                <ImagePlus aria-hidden />
              </Button>
            </>
          ) : null}
          <textarea
            ref={field}
            aria-label={t("message")}
            placeholder={t("messagePlaceholder")}
            rows={Math.min(8, draft.text.split("\n").length)}
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="field-sizing-content max-h-60 min-h-9 flex-1 resize-none bg-transparent px-1.5 py-2 outline-none placeholder:text-faint md:min-h-8 md:py-1.5"
          />
          {busy ? (
            <Button size="icon" aria-label={t("stop")} title={t("stopHint")} onClick={stop}>
              <Square className="fill-current" aria-hidden />
            </Button>
          ) : (
            <Button variant="primary" size="icon" aria-label={t("send")} title={t("sendHint")} disabled={!ready} onClick={send}>
              <ArrowUp aria-hidden />
            </Button>
          )}
        </div>
      </div>
      <p className="mt-1.5 min-h-4 text-label text-muted">
        {reason ?? <span className="hidden md:inline">{t("keysHint")}</span>} {blocked ? remedy : null}
      </p>
    </div>
  );
}
