"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

/** Stands in place of a key that was deleted, or an id that leads to none of this workspace (`name` null). */
export function KeyGone({ name }: { name: string | null }) {
  const t = useTranslations("keys");
  return (
    <div role="status" className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-center justify-center gap-3 px-4 text-center">
      <h1 className="break-words font-semibold text-title">{name === null ? t("missingTitle") : t("goneTitle", { name })}</h1>
      <p className="text-balance text-muted">{name === null ? t("missingText") : t("goneText")}</p>
      <Button asChild className="mt-2">
        <Link href="/keys">{t("backToList")}</Link>
      </Button>
    </div>
  );
}
