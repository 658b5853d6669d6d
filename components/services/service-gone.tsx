"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

/** Stands in place of a service whose deletion has ended while its page was open. */
export function ServiceGone({ name }: { name: string }) {
  const t = useTranslations("services");
  return <Ended title={t("goneTitle", { name })} text={t("goneText")} />;
}

/** An id that leads to no service of this workspace. */
export function ServiceMissing() {
  const t = useTranslations("services");
  return <Ended title={t("missingTitle")} text={t("missingText")} />;
}

function Ended({ title, text }: { title: string; text: string }) {
  const t = useTranslations("services");
  return (
    <div role="status" className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-center justify-center gap-3 px-4 text-center">
      <h1 className="break-all font-semibold text-title">{title}</h1>
      <p className="text-balance text-muted">{text}</p>
      <Button asChild className="mt-2">
        <Link href="/services">{t("backToList")}</Link>
      </Button>
    </div>
  );
}
