"use client";

import { ChevronDown, LifeBuoy } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { cn } from "#components/ui/cn.ts";

interface ContentsProps {
  chapters: { slug: string; title: string; href: string }[];
  current: string;
  sections: { id: string; title: string }[];
  supportUrl: string | null;
}

/** All chapters, and the sections of the one that is open; on a narrow screen behind a button. */
export function Contents({ chapters, current, sections, supportUrl }: ContentsProps) {
  const t = useTranslations("docs");
  const [open, setOpen] = useState(false);
  const title = chapters.find(({ slug }) => slug === current)?.title;
  const close = () => setOpen(false);
  return (
    <div className="shrink-0 lg:sticky lg:top-20 lg:max-h-[calc(100dvh-6rem)] lg:w-56 lg:self-start lg:overflow-y-auto">
      <button
        type="button"
        aria-expanded={open}
        aria-controls="docs-contents"
        onClick={() => setOpen(!open)}
        className="flex h-10 w-full items-center justify-between gap-2 rounded-box border bg-surface px-3 font-medium lg:hidden"
      >
        <span className="truncate">{t("contentsOf", { title: title ?? "" })}</span>
        <ChevronDown
          className={cn("size-4 shrink-0 text-muted transition-transform", open && "rotate-180")}
          strokeWidth={1.75}
          aria-hidden
        />
      </button>
      <nav
        id="docs-contents"
        aria-label={t("contents")}
        className={cn("max-lg:mt-2 max-lg:rounded-box max-lg:border max-lg:bg-surface max-lg:p-2", !open && "max-lg:hidden")}
      >
        <ul className="flex flex-col gap-0.5">
          {chapters.map((chapter) => (
            <li key={chapter.slug}>
              <Link
                href={chapter.href}
                onClick={close}
                aria-current={chapter.slug === current ? "page" : undefined}
                className={cn(row, "font-medium", chapter.slug === current && "text-ink")}
              >
                {chapter.title}
              </Link>
              {chapter.slug === current ? <Sections sections={sections} onChoose={close} /> : null}
            </li>
          ))}
        </ul>
        {supportUrl ? (
          <a href={supportUrl} className={cn(row, "mt-3 gap-2 border-t pt-3")}>
            <LifeBuoy className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
            {t("support")}
          </a>
        ) : null}
      </nav>
    </div>
  );
}

const row = "flex min-h-9 items-center rounded-control px-2.5 py-1 text-muted text-table hover:text-ink lg:min-h-7";

function Sections({ sections, onChoose }: Pick<ContentsProps, "sections"> & { onChoose: () => void }) {
  const reading = useSectionInView(sections);
  return (
    <ul className="my-1 ml-2.5 flex flex-col border-l">
      {sections.map(({ id, title }) => (
        <li key={id}>
          <a
            href={`#${id}`}
            onClick={onChoose}
            aria-current={id === reading ? "location" : undefined}
            className={cn(row, "-ml-px rounded-none border-transparent border-l", id === reading && "border-accent text-ink")}
          >
            {title}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The heading that was passed last; the first at the top of the page. */
function useSectionInView(sections: { id: string }[]): string | null {
  const [id, setId] = useState<string | null>(sections[0]?.id ?? null);
  useEffect(() => {
    const look = () => {
      const passed = sections.filter(
        (section) => (document.getElementById(section.id)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY) < passedPx,
      );
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      setId((atEnd && window.scrollY > 0 ? sections.at(-1) : (passed.at(-1) ?? sections[0]))?.id ?? null);
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [sections]);
  return id;
}

/** Below the top bar and what `scroll-mt` leaves free. */
const passedPx = 120;
