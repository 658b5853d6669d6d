import { ArrowLeft, ArrowRight, LifeBuoy } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { DocsChapter, DocsSection } from "./chapter.ts";
import { chapterHref } from "./chapters.ts";
import { Contents } from "./contents.tsx";
import { Prose } from "./prose.tsx";

interface DocsPageProps {
  chapters: DocsChapter[];
  chapter: DocsChapter;
  sections: DocsSection[];
  supportUrl: string | null;
}

/** One chapter beside the contents of all. */
export function DocsPage({ chapters, chapter, sections, supportUrl }: DocsPageProps) {
  const t = useTranslations("docs");
  const entries = chapters.map(({ slug, title }) => ({ slug, title, href: chapterHref(slug) }));
  return (
    <div className="mx-auto flex w-full max-w-[1248px] flex-col gap-x-10 gap-y-4 px-4 py-5 md:px-6 md:py-6 lg:flex-row">
      <Contents
        chapters={entries}
        current={chapter.slug}
        sections={sections.map(({ id, title }) => ({ id, title }))}
        supportUrl={supportUrl}
      />
      <article className="flex min-w-0 flex-1 flex-col gap-8">
        <header className="flex flex-col gap-1">
          <h1 className="font-semibold text-title">{chapter.title}</h1>
          <p className="text-muted">{chapter.summary}</p>
        </header>
        {sections.map(({ id, title, body }) => (
          <section key={id} aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
            <h2 id={id} className="group scroll-mt-20 font-semibold text-[16px] leading-6">
              <a href={`#${id}`} className="hover:underline">
                {title}
                <span aria-hidden className="pl-2 text-faint opacity-0 group-hover:opacity-100">
                  #
                </span>
              </a>
            </h2>
            <Prose>{body}</Prose>
          </section>
        ))}
        <Neighbours chapters={entries} current={chapter.slug} />
        {supportUrl ? (
          <p className="flex items-center gap-2 text-muted">
            <LifeBuoy className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
            <span>
              {t.rich("stillStuck", {
                link: (text) => (
                  <a href={supportUrl} className="text-accent underline underline-offset-2">
                    {text}
                  </a>
                ),
              })}
            </span>
          </p>
        ) : null}
      </article>
    </div>
  );
}

interface Neighbour {
  slug: string;
  title: string;
  href: string;
}

function Neighbours({ chapters, current }: { chapters: Neighbour[]; current: string }) {
  const t = useTranslations("docs");
  const index = chapters.findIndex(({ slug }) => slug === current);
  const before = chapters[index - 1];
  const after = chapters[index + 1];
  const card = "flex min-w-0 flex-1 flex-col gap-0.5 rounded-box border bg-surface px-4 py-3 hover:bg-hover";
  return (
    <nav aria-label={t("otherChapters")} className="flex flex-col gap-3 sm:flex-row">
      {before ? (
        <Link href={before.href} className={card}>
          <span className="flex items-center gap-1 text-label text-muted">
            <ArrowLeft className="size-3.5" strokeWidth={1.75} aria-hidden />
            {t("previous")}
          </span>
          <span className="font-medium">{before.title}</span>
        </Link>
      ) : (
        <span className="flex-1 max-sm:hidden" />
      )}
      {after ? (
        <Link href={after.href} className={`${card} sm:items-end`}>
          <span className="flex items-center gap-1 text-label text-muted">
            {t("next")}
            <ArrowRight className="size-3.5" strokeWidth={1.75} aria-hidden />
          </span>
          <span className="font-medium">{after.title}</span>
        </Link>
      ) : (
        <span className="flex-1 max-sm:hidden" />
      )}
    </nav>
  );
}
