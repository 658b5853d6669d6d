"use client";

import { useLocale } from "next-intl";
import { formatMoney, hourlyNano } from "#lib/money/format.ts";

/** Formats amounts in the installation's currency and the reader's language. */
export function usePrices(currency: string) {
  const style = { currency, locale: useLocale() };
  return {
    /** One instance for an hour, exact. */
    one: (hourNano: string) => formatMoney(BigInt(hourNano), style),
    /** `count` instances for an hour, exact. */
    many: (hourNano: string, count: number) => formatMoney(hourlyNano(BigInt(hourNano), count), style),
    /** A balance, cut to two decimals. */
    balance: (nano: string) => formatMoney(BigInt(nano), style, 2),
  };
}
