import type { Locale } from "#lib/contracts/account.ts";
import type { FoundDoc } from "#lib/contracts/search.ts";
import type { DocsFacts } from "./chapter.ts";
import { chapterHref, chaptersIn } from "./chapters.ts";
import { textOf } from "./text-of.ts";

const mostFound = 6;

/** Searched are the words, which do not depend on the installation. */
const noFacts: DocsFacts = {
  ...{ chatEndpoint: "", regionEndpoint: "", region: "", accessName: "", ownName: "", workspace: "" },
  ...{ supportUrl: null, callExample: null, oldSample: null },
};

interface Indexed extends FoundDoc {
  heading: string;
  text: string;
}

const indexes = new Map<Locale, Indexed[]>();

function indexOf(locale: Locale): Indexed[] {
  const known = indexes.get(locale);
  if (known) return known;
  const made = chaptersIn(locale).flatMap((chapter) =>
    chapter.sections(noFacts).map(({ id, title, body }) => ({
      ...{ href: `${chapterHref(chapter.slug)}#${id}`, title, chapter: chapter.title },
      heading: `${title} ${chapter.title}`.toLowerCase(),
      text: textOf(body).toLowerCase(),
    })),
  );
  indexes.set(locale, made);
  return made;
}

/** Sections that hold every word: those with all of them in the heading first. Nothing for an empty text. */
export function findDocs(locale: Locale, text: string): FoundDoc[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const index = indexOf(locale);
  const inHeading = index.filter(({ heading }) => words.every((word) => heading.includes(word)));
  const inText = index.filter((one) => !inHeading.includes(one) && words.every((word) => `${one.heading} ${one.text}`.includes(word)));
  return [...inHeading, ...inText].slice(0, mostFound).map(({ href, title, chapter }) => ({ href, title, chapter }));
}
