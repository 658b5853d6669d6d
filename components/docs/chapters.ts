import type { Locale } from "#lib/contracts/account.ts";
import type { DocsChapter } from "./chapter.ts";
import { chapters as en } from "./content/en/index.ts";
import { chapters as zh } from "./content/zh/index.ts";

const byLocale: Record<Locale, DocsChapter[]> = { en, zh };

/** All chapters in one language, in order. */
export function chaptersIn(locale: Locale): DocsChapter[] {
  return byLocale[locale];
}

/** The first chapter is what the documentation opens with. */
export function chapterHref(slug: string): string {
  return slug === en[0]?.slug ? "/docs" : `/docs/${slug}`;
}
