/** Digits that an integer without bound may have: all such are exact in a double. */
const freeDigits = 15;

/** Whole numbers from `minimum` to `maximum` (null: no bound, up to 15 digits), without leading zeros, as a grammar expression. */
export function integerRange(minimum: bigint | null, maximum: bigint | null): string {
  const limit = 10n ** BigInt(freeDigits) - 1n;
  const low = minimum ?? (maximum !== null && maximum < -limit ? maximum - limit : -limit);
  const high = maximum ?? (low > limit ? low + limit : limit);
  const parts: string[] = [];
  // `-0` would be another way to write 0.
  if (low < 0n) parts.push(`"-" (${naturals(high < 0n ? -high : 1n, -low)})`);
  if (high >= 0n) parts.push(naturals(low > 0n ? low : 0n, high));
  return parts.join(" | ");
}

/** Natural numbers from `low` to `high`, split where their number of digits changes. */
function naturals(low: bigint, high: bigint): string {
  const parts: string[] = [];
  for (let from = low; from <= high; ) {
    const last = 10n ** BigInt(String(from).length) - 1n;
    const to = last < high ? last : high;
    parts.push(sameLength(String(from), String(to)));
    from = to + 1n;
  }
  return parts.join(" | ");
}

/** Digit strings between two of one length. */
function sameLength(from: string, to: string): string {
  if (from === "") return '""';
  const [first = "0", last = "9"] = [from[0], to[0]];
  const [low, high] = [from.slice(1), to.slice(1)];
  if (isFull(low, "0") && isFull(high, "9")) return `${digits(first, last)}${low.length > 0 ? ` [0-9]{${low.length}}` : ""}`;
  if (first === last) return `"${first}" (${sameLength(low, high)})`;
  const next = (digit: string, step: number) => String(Number(digit) + step);
  const parts: string[] = [];
  const lowWhole = isFull(low, "0");
  const highWhole = isFull(high, "9");
  if (!lowWhole) parts.push(`"${first}" (${sameLength(low, "9".repeat(low.length))})`);
  const [a, b] = [lowWhole ? first : next(first, 1), highWhole ? last : next(last, -1)];
  if (a <= b) parts.push(`${digits(a, b)} [0-9]{${low.length}}`);
  if (!highWhole) parts.push(`"${last}" (${sameLength("0".repeat(high.length), high)})`);
  return parts.join(" | ");
}

function isFull(text: string, digit: string): boolean {
  return [...text].every((one) => one === digit);
}

function digits(from: string, to: string): string {
  return from === to ? `"${from}"` : `[${from}-${to}]`;
}
