import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { ImagePage } from "#components/playground/images/image-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("playground");
  return { title: t("imagesTitle") };
}

export default async function ImagePlayground() {
  const { actor, config } = await pageContext();
  return <ImagePage userId={actor.userId} currency={config.currency} />;
}
