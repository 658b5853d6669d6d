"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations("common");
  return (
    <main role="alert" className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-center justify-center gap-3 px-4 text-center">
      <h1 className="font-semibold text-title">{t("errorTitle")}</h1>
      <p className="text-muted">{t("errorText")}</p>
      {error.digest ? <code className="font-mono text-code text-faint">{error.digest}</code> : null}
      <Button className="mt-2" onClick={reset}>
        {t("retry")}
      </Button>
    </main>
  );
}
