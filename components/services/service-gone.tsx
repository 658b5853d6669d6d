"use client";

import { useTranslations } from "next-intl";
import { Missing } from "#components/ui/missing.tsx";

/** Stands in place of a service whose deletion has ended while its page was open. */
export function ServiceGone({ name }: { name: string }) {
  const t = useTranslations("services");
  return <Missing title={t("goneTitle", { name })} text={t("goneText")} way={{ href: "/services", label: t("backToList") }} />;
}

/** An id that leads to no service of this workspace. */
export function ServiceMissing() {
  const t = useTranslations("services");
  return <Missing title={t("missingTitle")} text={t("missingText")} way={{ href: "/services", label: t("backToList") }} />;
}
