"use client";

import { Search, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { cn } from "./cn.ts";
import { Input } from "./field.tsx";

const pauseMs = 200;

export interface SearchFieldProps {
  /** What stands in it at first. To empty it later, give the element another `key`. */
  initial: string;
  /** Called once typing has paused. */
  onSearch: (text: string) => void;
  /** Its name and its placeholder. */
  label: string;
  className?: string;
}

/**
 * A search box. It keeps its own text: a value that comes back from the address arrives late, and would take letters
 * away from a fast writer.
 */
export function SearchField({ initial, onSearch, label, className }: SearchFieldProps) {
  const t = useTranslations("common");
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial);
  const sent = useRef(initial);
  const report = useRef(onSearch);
  useEffect(() => {
    report.current = onSearch;
  }, [onSearch]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      report.current(text);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={cn("relative", className)}>
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-faint" strokeWidth={1.75} aria-hidden />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
      />
      {text === "" ? null : (
        <button
          type="button"
          aria-label={t("clearSearch")}
          onClick={() => {
            setText("");
            input.current?.focus();
          }}
          className="absolute top-1/2 right-1 grid size-7 -translate-y-1/2 place-items-center rounded-[5px] text-muted hover:text-ink md:size-6"
        >
          <X className="size-3.5" strokeWidth={1.75} aria-hidden />
        </button>
      )}
    </div>
  );
}
