import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Missing } from "#components/ui/missing.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("models");
  return { title: t("missingTitle") };
}

/** Within the console's frame, so that the way on is in sight. */
export default async function ModelNotFound() {
  const t = await getTranslations("models");
  const common = await getTranslations("common");
  return <Missing title={t("missingTitle")} text={t("missingText")} way={{ href: "/models", label: common("backToModels") }} />;
}
