import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ChapterPage, findChapter } from "./chapter-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("docs");
  return { title: t("title") };
}

export default async function Docs() {
  const chapter = await findChapter();
  if (!chapter) notFound();
  return <ChapterPage chapter={chapter} />;
}
