"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { cn } from "#components/ui/cn.ts";

/** What the model thought before it answered: open while it thinks, then folded, unless the reader has decided. */
export function Reasoning({ text, thinking }: { text: string; thinking: boolean }) {
  const t = useTranslations("playground");
  const [chosen, setChosen] = useState<boolean | null>(null);
  const id = useId();
  const open = chosen ?? thinking;
  return (
    <div className="text-muted">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setChosen(!open)}
        className="flex items-center gap-1 rounded-control py-0.5 text-table hover:text-ink"
      >
        <ChevronRight className={cn("size-4 transition-transform", open && "rotate-90")} strokeWidth={1.75} aria-hidden />
        {t(thinking ? "thinking" : "reasoning")}
      </button>
      <div id={id} hidden={!open} className="mt-1 ml-2 whitespace-pre-wrap break-words border-l-2 pl-3.5 text-table leading-5">
        {text}
      </div>
    </div>
  );
}
