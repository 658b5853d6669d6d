import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { ModelCatalog } from "#components/models/model-catalog.tsx";
import { listModels } from "#lib/services/models/list.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("models");
  return { title: t("title") };
}

export default async function Models() {
  const ctx = await pageContext();
  return <ModelCatalog initial={await listModels({ ctx })} currency={ctx.config.currency} />;
}
