"use client";

import { useLocale } from "next-intl";
import { createContext, useContext } from "react";
import { formatMoney, formatTokenPrice } from "#lib/money/format.ts";

/** The installation's currency, ISO 4217. */
export const CurrencyContext = createContext("CNY");

const perMillion = 1_000_000n;

/** Writes amounts in the reader's language. */
export function useMoney(): { amount: (nano: string) => string; perMillionTokens: (nano: string) => string } {
  const style = { currency: useContext(CurrencyContext), locale: useLocale() };
  return {
    amount: (nano) => formatMoney(BigInt(nano), style),
    perMillionTokens: (nano) => formatTokenPrice(BigInt(nano), perMillion, style),
  };
}
