import { useLocale, useTranslations } from "next-intl";
import { Card, CardTitle } from "#components/ui/card.tsx";
import type { Locale } from "#lib/contracts/account.ts";
import type { ModelSummary } from "#lib/contracts/models.ts";

/** What the model is, and the ways in which it can be used. */
export function Introduction({ model }: { model: ModelSummary }) {
  const t = useTranslations("models");
  const locale = useLocale() as Locale;
  return (
    <>
      <Card>
        <CardTitle>{t("about")}</CardTitle>
        <p className="max-w-[72ch]">{model.description[locale]}</p>
      </Card>
      <Card>
        <CardTitle>{t("facet.hosting")}</CardTitle>
        <dl className="flex max-w-[72ch] flex-col gap-4">
          {(["token", "dedicated"] as const).map((way) => (
            <div key={way}>
              <dt className="font-medium">{t(`hosting.${way}`)}</dt>
              <dd className="text-muted">{model.hosting[way] ? t(`hostingText.${way}`) : t("hostingNot")}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </>
  );
}
