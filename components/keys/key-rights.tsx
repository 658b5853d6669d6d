"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";
import { formatMoney } from "#lib/money/format.ts";

/** What a key may do, with what is used of its budgets. */
export function KeyRights({ apiKey }: { apiKey: ApiKeyDetail }) {
  const t = useTranslations("keys");
  const format = useFormatter();
  const { limits, currency } = apiKey;
  const counted = (["requestsPerMinute", "tokensPerMinute", "concurrency"] as const).map((name) => [name, limits[name]] as const);
  return (
    <Card>
      <CardTitle>{t("mayDo")}</CardTitle>
      <dl className="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
        <Right label={t("models")}>
          {limits.allowedModels ? <Names names={limits.allowedModels} /> : <Free>{t("modelsChoice.all")}</Free>}
        </Right>
        <Right label={t("addresses")}>
          {limits.allowedAddresses ? <Names names={limits.allowedAddresses} /> : <Free>{t("anyAddress")}</Free>}
        </Right>
        <div className="max-lg:hidden" aria-hidden />
        {counted.map(([name, limit]) => (
          <Right key={name} label={t(`limit.${name}`)}>
            {limit === null ? <Free>{t("unlimited")}</Free> : <span className="tabular-nums">{format.number(limit)}</span>}
          </Right>
        ))}
        <Right label={t("limit.budgetDay", { currency })}>
          <Budget spentNano={apiKey.spentDayNano} limitNano={limits.budgetDayNano} currency={currency} />
        </Right>
        <Right label={t("limit.budgetMonth", { currency })}>
          <Budget spentNano={apiKey.spentMonthNano} limitNano={limits.budgetMonthNano} currency={currency} />
        </Right>
      </dl>
      <p className="mt-4 text-label text-muted">{t("budgetReset")}</p>
    </Card>
  );
}

function Right({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <dt className="text-label text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

function Free({ children }: { children: ReactNode }) {
  return <span className="text-muted">{children}</span>;
}

function Names({ names }: { names: string[] }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {names.map((name) => (
        <li key={name} className="min-w-0 max-w-full">
          <Badge className="max-w-full font-mono font-normal">
            <span className="truncate">{name}</span>
          </Badge>
        </li>
      ))}
    </ul>
  );
}

/** What is spent, of what may be, with a bar; the numbers say the same. */
function Budget({ spentNano, limitNano, currency }: { spentNano: string; limitNano: string | null; currency: string }) {
  const t = useTranslations("keys");
  const locale = useLocale();
  const spent = formatMoney(BigInt(spentNano), { currency, locale }, 4);
  if (limitNano === null) return <span className="text-muted tabular-nums">{t("spentUnlimited", { spent })}</span>;
  // Thousandths, so that no amount meets floating point.
  const share = Number((BigInt(spentNano) * 1000n) / BigInt(limitNano)) / 10;
  const tone = share >= 100 ? "bg-bad" : share >= 80 ? "bg-warn" : "bg-accent";
  return (
    <div className="flex max-w-60 flex-col gap-1.5">
      <span className="tabular-nums">{t("spentOf", { spent, limit: formatMoney(BigInt(limitNano), { currency, locale }) })}</span>
      <div className="h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden>
        <div className={`h-full rounded-full ${tone}`} style={{ width: `${Math.min(100, share)}%` }} />
      </div>
    </div>
  );
}
