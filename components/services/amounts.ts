/** Bytes as people read them, in powers of ten: `{ amount: 9.2, unit: "GB" }`, to two digits below 10 and whole above 100. */
export function readableBytes(bytes: number): { amount: number; unit: string } {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return { amount: rounded(bytes / 10 ** (3 * step)), unit: units[step] as string };
}

/** Thousandths of a core as cores. */
export function readableCores(milli: number): number {
  return rounded(milli / 1_000);
}

function rounded(value: number): number {
  const digits = value >= 100 ? 0 : 1;
  return Number(value.toFixed(digits));
}
