"use client";

import { Pencil, RotateCw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { Message } from "../conversation/message.ts";
import { MessageButton, quietButtons } from "./message-button.tsx";
import type { TurnActions } from "./turn-actions.ts";

interface QuestionViewProps {
  question: Message;
  /** Null where there is none (any more). */
  answerId: string | null;
  busy: boolean;
  actions: TurnActions;
}

export function QuestionView({ question, answerId, busy, actions }: QuestionViewProps) {
  const t = useTranslations("playground");
  const ask = actions.askAgain;
  return (
    <div className="group/message ml-auto flex max-w-[85%] flex-col items-end gap-1">
      <h2 className="sr-only">{t("you")}</h2>
      {question.images.length > 0 ? (
        <ul className="flex flex-wrap justify-end gap-2">
          {question.images.map((url, index) => (
            <li key={index}>
              {/* biome-ignore lint/performance/noImgElement: a data URL has nothing to optimise */}
              <img src={url} alt={t("attachedImage", { number: index + 1 })} className="max-h-48 max-w-full rounded-box border" />
            </li>
          ))}
        </ul>
      ) : null}
      {question.text ? (
        <div className="max-w-full whitespace-pre-wrap break-words rounded-card bg-accent-soft px-3.5 py-2.5">{question.text}</div>
      ) : null}
      <div className={cn(quietButtons, answerId === null && "opacity-100")}>
        {answerId === null && ask ? (
          <MessageButton icon={RotateCw} label={t("askThis")} disabled={busy} onClick={() => ask(question.id)} />
        ) : null}
        {question.text ? <CopyButton text={question.text} label={t("question")} /> : null}
        <MessageButton icon={Pencil} label={t("editQuestion")} disabled={busy} onClick={() => actions.edit(question.id)} />
        <MessageButton
          icon={Trash2}
          label={t("deleteQuestion")}
          onClick={() => actions.remove(question.id, ...(answerId === null ? [] : [answerId]))}
        />
      </div>
    </div>
  );
}
