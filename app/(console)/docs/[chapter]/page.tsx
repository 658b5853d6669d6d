import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ChapterPage, findChapter } from "../chapter-page.tsx";

interface PageParams {
  params: Promise<{ chapter: string }>;
}

export async function generateMetadata({ params }: PageParams): Promise<Metadata> {
  const [chapter, t] = await Promise.all([findChapter((await params).chapter), getTranslations("docs")]);
  return { title: chapter ? `${chapter.title} · ${t("title")}` : t("title") };
}

export default async function Chapter({ params }: PageParams) {
  const chapter = await findChapter((await params).chapter);
  if (!chapter) notFound();
  return <ChapterPage chapter={chapter} />;
}
