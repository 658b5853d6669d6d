"use client";

import { useTranslations } from "next-intl";
import { Missing } from "#components/ui/missing.tsx";

/** Stands in place of a key that was deleted, or an id that leads to none of this workspace (`name` null). */
export function KeyGone({ name }: { name: string | null }) {
  const t = useTranslations("keys");
  const title = name === null ? t("missingTitle") : t("goneTitle", { name });
  return <Missing title={title} text={t(name === null ? "missingText" : "goneText")} way={{ href: "/keys", label: t("backToList") }} />;
}
