import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ServiceMissing } from "#components/services/service-gone.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("services");
  return { title: t("missingTitle") };
}

export default function ServiceNotFound() {
  return <ServiceMissing />;
}
