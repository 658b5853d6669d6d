import { getLocale } from "next-intl/server";
import { docsFacts } from "#app/_server/docs-facts.tsx";
import { pageContext } from "#app/_server/session.ts";
import type { DocsChapter } from "#components/docs/chapter.ts";
import { chaptersIn } from "#components/docs/chapters.ts";
import { DocsPage } from "#components/docs/docs-page.tsx";
import type { Locale } from "#lib/contracts/account.ts";

/** The chapter of an address in the reader's language; the first where none is named, undefined where there is no such one. */
export async function findChapter(slug?: string): Promise<DocsChapter | undefined> {
  const chapters = chaptersIn((await getLocale()) as Locale);
  return slug === undefined ? chapters[0] : chapters.find((chapter) => chapter.slug === slug);
}

export async function ChapterPage({ chapter }: { chapter: DocsChapter }) {
  const [ctx, locale] = await Promise.all([pageContext(), getLocale()]);
  const facts = await docsFacts(ctx);
  return (
    <DocsPage chapters={chaptersIn(locale as Locale)} chapter={chapter} sections={chapter.sections(facts)} supportUrl={facts.supportUrl} />
  );
}
