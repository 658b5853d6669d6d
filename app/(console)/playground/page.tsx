import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { PlaygroundPage } from "#components/playground/playground-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("playground");
  return { title: t("title") };
}

export default async function Playground() {
  const { actor, config } = await pageContext();
  return <PlaygroundPage userId={actor.userId} currency={config.currency} />;
}
