"use client";

import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Textarea } from "#components/ui/field.tsx";
import { useDraftText } from "../composer/use-draft.ts";
import type { Message } from "../conversation/message.ts";
import type { TurnActions } from "./turn-actions.ts";

/** Changes a question and asks it again; what was said after it goes. */
export function QuestionEditor({ question, actions, busy }: { question: Message; actions: TurnActions; busy: boolean }) {
  const t = useTranslations("playground");
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText, done] = useDraftText(actions.draftPlace(question.id), question.text);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(-1, -1);
  }, []);
  const ready = (text.trim() !== "" || question.images.length > 0) && !busy && actions.askAgain !== null;
  const send = () => {
    if (!ready || !actions.askAgain) return;
    done();
    actions.edit(null);
    actions.askAgain(question.id, { text: text.trim() });
  };
  const cancel = () => {
    done();
    actions.edit(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      cancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className="flex flex-col gap-2 rounded-card border bg-surface p-3">
      <Textarea
        ref={field}
        aria-label={t("editQuestion")}
        rows={Math.min(12, Math.max(2, text.split("\n").length))}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="resize-none"
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="mr-auto text-label text-muted">{t("editNote")}</p>
        <Button onClick={cancel}>{t("cancel")}</Button>
        <Button variant="primary" disabled={!ready} onClick={send}>
          {t("resend")}
        </Button>
      </div>
    </div>
  );
}
