import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import type { ModelSummary } from "#lib/contracts/models.ts";

/** The ways of hosting that the model is offered in. */
export function HostingBadges({ model }: { model: ModelSummary }) {
  const t = useTranslations("models");
  return (
    <>
      {model.hosting.token ? <Badge>{t("hosting.token")}</Badge> : null}
      {model.hosting.dedicated ? <Badge>{t("hosting.dedicated")}</Badge> : null}
    </>
  );
}

export function HotMark() {
  const t = useTranslations("models");
  return (
    <span role="img" aria-label={t("hot")} title={t("hot")} className="text-[0.85em]">
      🔥
    </span>
  );
}
