import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Card, CardTitle } from "#components/ui/card.tsx";
import type { ModelSummary } from "#lib/contracts/models.ts";
import { formatMoney, formatTokenPrice, type MoneyStyle } from "#lib/money/format.ts";

const perMillion = 1_000_000n;
const perThousand = 1_000n;

/** What an hour costs from, in nano-units; null too where nothing here can run the model: no size of machine fits it. */
function hourFrom(model: ModelSummary): bigint | null {
  return model.dedicatedFromNano === null ? null : BigInt(model.dedicatedFromNano);
}

/** The prices of a card. */
export function PriceLines({ model, currency }: { model: ModelSummary; currency: string }) {
  const t = useTranslations("models");
  const style: MoneyStyle = { currency, locale: useLocale() };
  const quote = (nano: string) => formatTokenPrice(BigInt(nano), perMillion, style);
  const unit = (text: ReactNode) => <span className="text-muted">{text}</span>;
  const price = model.tokenPrice;
  const hour = hourFrom(model);
  return (
    <div className="text-table tabular-nums">
      {price ? (
        <p>
          {t.rich("priceLine", { input: quote(price.inputNano), output: quote(price.outputNano), unit })}
          <span className="block text-label text-muted">{t("perMillionTokens")}</span>
        </p>
      ) : null}
      {hour === null ? null : <p>{t.rich("hourLine", { price: formatMoney(hour, style), unit })}</p>}
      {price === null && hour === null ? <p className="text-muted">{t("noPrice")}</p> : null}
    </div>
  );
}

/** The price box of the API tab: per 1M tokens, per 1K beside it, and an hour of one instance. */
export function PriceBox({ model, currency }: { model: ModelSummary; currency: string }) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const style: MoneyStyle = { currency, locale: useLocale() };
  const hour = hourFrom(model);
  const rows = model.tokenPrice
    ? ([
        ["input", model.tokenPrice.inputNano],
        ["cachedInput", model.tokenPrice.cachedInputNano],
        ["output", model.tokenPrice.outputNano],
      ] as const)
    : [];
  return (
    <Card>
      <CardTitle>{t("price")}</CardTitle>
      <dl className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
        {rows.map(([name, nano]) => (
          <PriceFigure
            key={name}
            label={t(name)}
            amount={formatTokenPrice(BigInt(nano), perMillion, style)}
            unit={t("perMillion")}
            note={t("perThousand", { price: formatTokenPrice(BigInt(nano), perThousand, style) })}
          />
        ))}
        {hour === null ? null : (
          <PriceFigure
            label={t("hosting.dedicated")}
            amount={common("perHour", { price: formatMoney(hour, style) })}
            unit=""
            note={t("hourNote")}
          />
        )}
      </dl>
      {rows.length === 0 && hour === null ? <p className="text-muted">{t("noPriceLong")}</p> : null}
    </Card>
  );
}

function PriceFigure({ label, amount, unit, note }: { label: string; amount: string; unit: string; note: string }) {
  return (
    <div className="flex flex-col gap-0.5">
      <dt className="text-label text-muted">{label}</dt>
      <dd className="tabular-nums">
        <span className="font-semibold text-[18px] leading-6">{amount}</span> <span className="text-muted text-table">{unit}</span>
        <span className="block text-faint text-label">{note}</span>
      </dd>
    </div>
  );
}
