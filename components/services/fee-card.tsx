"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { usePrices } from "./prices.ts";

interface FeeCardProps {
  /** Null while no sensible number is typed. */
  count: number | null;
  /** Price of the chosen type for an hour; null while none is chosen. */
  hourNano: string | null;
  balanceNano: string;
  currency: string;
  /** What went wrong and the deciding button, given the fee as text. */
  children: (fee: string | null) => ReactNode;
}

/** What the deployment will cost, live, beside what there is. */
export function FeeCard({ count, hourNano, balanceNano, currency, children }: FeeCardProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const prices = usePrices(currency);
  const known = count !== null && hourNano !== null;
  const total = known ? prices.many(hourNano, count) : null;
  return (
    <div className="max-lg:contents lg:sticky lg:top-20 lg:flex lg:flex-col lg:gap-4 lg:rounded-card lg:border lg:bg-surface lg:p-5">
      <section className="flex flex-col gap-4 max-lg:rounded-card max-lg:border max-lg:bg-surface max-lg:p-4">
        <h2 className="font-semibold text-body">{t("summary")}</h2>
        <div aria-live="polite" className="flex flex-col gap-1 tabular-nums">
          <p className="font-semibold text-figure">{total === null ? "–" : common("perHour", { price: total })}</p>
          <p className="text-muted text-table">
            {known && total !== null ? t("feePerHour", { count, price: prices.one(hourNano), total }) : t("feeUnknown")}
          </p>
        </div>
        <p className="text-label text-muted">{t("feeHelp")}</p>
        <dl className="flex items-center justify-between border-t pt-4 text-table">
          <dt className="text-muted">{t("balance")}</dt>
          <dd className="font-medium tabular-nums">{prices.balance(balanceNano)}</dd>
        </dl>
      </section>
      {/* Under 1024 px the fee lies below a long form: what it comes to and the button stay in sight. */}
      <div className="flex flex-col gap-2 max-lg:sticky max-lg:bottom-0 max-lg:z-20 max-lg:-mx-4 max-lg:-mb-5 max-lg:border-t max-lg:bg-surface max-lg:px-4 max-lg:py-3 md:max-lg:-mx-6 md:max-lg:-mb-6 md:max-lg:px-6">
        {children(total === null ? null : common("perHour", { price: total }))}
      </div>
    </div>
  );
}
