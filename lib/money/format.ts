import { amountToDecimal } from "./nano.ts";

export interface MoneyStyle {
  currency: string;
  locale: string;
}

/**
 * An amount for people: the currency's symbol, at least two decimals, and as many more as the amount has.
 * `maxDecimals` (0 to 9) cuts them off; what would then read as nothing becomes `< ¥0.01`, or `> -¥0.01` below zero.
 */
export function formatMoney(nano: bigint, style: MoneyStyle, maxDecimals = 9): string {
  const smallest = 10n ** BigInt(9 - maxDecimals);
  const size = nano < 0n ? -nano : nano;
  if (size > 0n && size < smallest) {
    return `${nano < 0n ? ">" : "<"} ${intl(style, maxDecimals).format(decimal(nano < 0n ? -smallest : smallest))}`;
  }
  const cut = (nano / smallest) * smallest;
  return intl(style, maxDecimals).format(decimal(cut));
}

/** A token price, which is kept per token, as quoted: per 1M tokens (`scale` 1_000_000n) or per 1K (1_000n). */
export function formatTokenPrice(nanoPerToken: bigint, scale: bigint, style: MoneyStyle): string {
  return formatMoney(nanoPerToken * scale, style);
}

/** Cost of `count` instances for an hour. */
export function hourlyNano(hourNano: bigint, count: number): bigint {
  return hourNano * BigInt(count);
}

function intl(style: MoneyStyle, maxDecimals: number): Intl.NumberFormat {
  return new Intl.NumberFormat(style.locale, {
    style: "currency",
    currency: style.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: Math.min(2, maxDecimals),
    maximumFractionDigits: maxDecimals,
  });
}

/** Intl takes a decimal text without going through floating point. */
function decimal(nano: bigint): Intl.StringNumericLiteral {
  return amountToDecimal(nano) as Intl.StringNumericLiteral;
}
