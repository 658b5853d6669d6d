/** Nano-units in one unit of a currency. All amounts are integers of this size; no floating point comes near them. */
export const nanoPerUnit = 1_000_000_000n;

/** Whole units as nano-units. */
export function unitsToNano(units: number): bigint {
  if (!Number.isSafeInteger(units)) throw new RangeError(`${units} is not a whole number of units`);
  return BigInt(units) * nanoPerUnit;
}

/** `"12.5"` → 12_500_000_000n; null where the text is no amount with at most nine decimals. */
export function parseAmount(text: string): bigint | null {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match) return null;
  const [, sign, whole, fraction = ""] = match;
  const nano = BigInt(whole as string) * nanoPerUnit + BigInt(fraction.padEnd(9, "0"));
  return sign ? -nano : nano;
}

/** 12_500_000_000n → `"12.5"`: exact, without trailing zeros. */
export function amountToDecimal(nano: bigint): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${nano < 0n ? "-" : ""}${digits.slice(0, -9)}${fraction ? `.${fraction}` : ""}`;
}
