"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { usePrices } from "./prices.ts";

interface FeeCardProps {
  /** Null while no sensible number is typed. */
  count: number | null;
  /** Price of the chosen type for an hour; null while none is chosen. */
  hourNano: string | null;
  balanceNano: string;
  currency: string;
  /** The deciding button and what went wrong. */
  children: ReactNode;
}

/** What the deployment will cost, live, beside what there is. */
export function FeeCard({ count, hourNano, balanceNano, currency, children }: FeeCardProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const prices = usePrices(currency);
  const known = count !== null && hourNano !== null;
  const total = known ? prices.many(hourNano, count) : null;
  return (
    <Card className="flex flex-col gap-4 lg:sticky lg:top-20">
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
      {children}
    </Card>
  );
}
