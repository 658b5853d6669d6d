"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import type { ApiKeyLimits } from "#lib/contracts/api-keys.ts";
import { formatMoney } from "#lib/money/format.ts";

/** Turns limits into a few words each: `2 models`, `60 requests/min`, `¥10.00/day`. */
export function useLimitWords(currency: string): (limits: ApiKeyLimits) => string[] {
  const t = useTranslations("keys");
  const locale = useLocale();
  const format = useFormatter();
  return (limits) => {
    const money = (nano: string) => formatMoney(BigInt(nano), { currency, locale });
    const counts = (["requestsPerMinute", "tokensPerMinute", "concurrency"] as const).flatMap((name) => {
      const value = limits[name];
      return value === null ? [] : [t(`short.${name}`, { count: format.number(value) })];
    });
    const parts = [
      ...(limits.allowedModels ? [t("short.models", { count: limits.allowedModels.length })] : []),
      ...(limits.allowedAddresses ? [t("short.addresses", { count: limits.allowedAddresses.length })] : []),
      ...counts,
      ...(limits.budgetDayNano ? [t("short.budgetDay", { amount: money(limits.budgetDayNano) })] : []),
      ...(limits.budgetMonthNano ? [t("short.budgetMonth", { amount: money(limits.budgetMonthNano) })] : []),
    ];
    return parts.length > 0 ? parts : [t("short.none")];
  };
}
