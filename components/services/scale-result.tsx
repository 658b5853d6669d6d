"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { usePrices } from "./prices.ts";

interface ScaleResultProps {
  before: number;
  /** Null: nothing sensible is typed yet. */
  after: number | null;
  /** Price of one instance for an hour; null where it has none. */
  hourNano: string | null;
  /** The same of the instances that run now, where those are of another type. */
  hourNanoBefore?: string | null;
  currency: string;
}

/** What scaling changes: instances and price, before → after. */
export function ScaleResult({ before, after, hourNano, hourNanoBefore = hourNano, currency }: ScaleResultProps) {
  const t = useTranslations("services");
  const prices = usePrices(currency);
  const shown = after ?? before;
  const total = hourNano === null ? null : prices.many(hourNano, shown);
  const totalBefore = hourNanoBefore === null ? null : prices.many(hourNanoBefore, before);
  return (
    <dl aria-live="polite" className="mt-2 flex flex-col gap-2 rounded-box bg-sunken p-4 tabular-nums">
      <Line label={t("instances")}>
        <span className="font-semibold">{shown === before ? before : t("change", { before, after: shown })}</span>
      </Line>
      <Line label={t("pricePerHour")}>
        {hourNano === null || total === null ? (
          t("noPrice")
        ) : (
          <span className="flex flex-col items-end">
            <span className="font-semibold">
              {totalBefore === null || totalBefore === total ? total : t("change", { before: totalBefore, after: total })}
            </span>
            <span className="text-label text-muted">{t("feePerHour", { count: shown, price: prices.one(hourNano), total })}</span>
          </span>
        )}
      </Line>
    </dl>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-start justify-between gap-4">
      <dt className="text-muted">{label}</dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}
