"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { createContext, type ReactNode, use, useState } from "react";

const readCookie = "hydra-read";
const yearSeconds = 31_536_000;

interface Read {
  pages: readonly string[];
  add: (page: string) => void;
}

const ReadPages = createContext<Read>({ pages: [], add: () => {} });

/** Knows which pages' purpose has been read: `pages` as the server found them in the cookie, so that nothing moves when a page comes up. */
export function PurposesRead({ pages: found, children }: { pages: readonly string[]; children: ReactNode }) {
  const [pages, setPages] = useState(found);
  const add = (page: string) => {
    const all = [...new Set([...pages, page])];
    setPages(all);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox before 140
    document.cookie = `${readCookie}=${all.join(".")}; path=/; max-age=${yearSeconds}; samesite=lax`;
  };
  return <ReadPages value={{ pages, add }}>{children}</ReadPages>;
}

/** One line that says what a page is for, until its reader has put it away on this browser. */
export function Purpose({ page, children }: { page: string; children: ReactNode }) {
  const t = useTranslations("common");
  const { pages, add } = use(ReadPages);
  if (pages.includes(page)) return null;
  return (
    <p className="flex items-start gap-1 text-muted">
      <span>{children}</span>
      <button
        type="button"
        aria-label={t("putAway")}
        title={t("putAway")}
        onClick={() => add(page)}
        className="-my-0.5 grid size-6 shrink-0 place-items-center rounded-[5px] text-faint hover:text-ink"
      >
        <X className="size-3.5" strokeWidth={1.75} aria-hidden />
      </button>
    </p>
  );
}
