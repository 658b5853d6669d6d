import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Missing } from "#components/ui/missing.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("common");
  return { title: t("notFoundTitle") };
}

export default async function NotFound() {
  const t = await getTranslations("common");
  return (
    <main>
      <Missing title={t("notFoundTitle")} text={t("notFoundText")} way={{ href: "/models", label: t("backToModels") }} />
    </main>
  );
}
