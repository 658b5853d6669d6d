import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import type { Locale } from "#lib/contracts/account.ts";
import type { ModelSummary } from "#lib/contracts/models.ts";
import { ModelActions } from "./model-actions.tsx";
import { HostingBadges, HotMark } from "./model-badges.tsx";
import { PriceLines } from "./prices.tsx";
import { ProviderMark } from "./provider-mark.tsx";
import { tokensShort } from "./quantity.ts";

/** One model of the catalog; the whole card leads to its page, the buttons above it do not. */
export function ModelCard({ model, currency }: { model: ModelSummary; currency: string }) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const locale = useLocale() as Locale;
  return (
    <article className="relative flex min-w-0 flex-col gap-3 rounded-card border bg-surface p-4 transition-colors duration-150 hover:border-control md:p-5">
      <div className="flex items-start gap-3">
        <ProviderMark provider={model.provider} />
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-start gap-1.5 font-semibold text-[15px] leading-5">
            <Link
              href={`/models/${model.slug}`}
              title={model.name}
              className="min-w-0 [overflow-wrap:anywhere] after:absolute sm:truncate after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
            >
              {model.name}
            </Link>
            {model.hot ? <HotMark /> : null}
            {model.demo ? (
              <Badge accent className="ml-auto">
                {common("demoModel")}
              </Badge>
            ) : null}
            {model.own ? (
              <Badge accent className="ml-auto">
                {t("own")}
              </Badge>
            ) : null}
            {model.tryUnavailable !== null && model.deployUnavailable !== null ? <Badge className="ml-auto">{t("notHere")}</Badge> : null}
          </h2>
          <p className="truncate text-muted text-table">
            {model.provider} · {t("contextShort", { size: tokensShort(model.contextLength) })}
          </p>
        </div>
      </div>
      <p className="line-clamp-2 min-h-10 text-muted">{model.description[locale]}</p>
      <div className="flex flex-wrap gap-1.5">
        <Badge>{t(`kind.${model.kind}`)}</Badge>
        <HostingBadges model={model} />
      </div>
      <div className="mt-auto flex items-end justify-between gap-3 border-t pt-3">
        <PriceLines model={model} currency={currency} />
        <div className="relative z-10 flex shrink-0 gap-2">
          <ModelActions model={model} size="small" />
        </div>
      </div>
    </article>
  );
}
