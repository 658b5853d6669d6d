/** What the form offers; the numbers are days. */
export const expiryChoices = ["never", "7", "30", "90", "date"] as const;
export type ExpiryChoice = (typeof expiryChoices)[number];

const dayMs = 86_400_000;

/**
 * When a key with this choice ends, as ISO 8601; null: never. A chosen date (`YYYY-MM-DD`) counts in full: the key ends
 * with that day, in the reader's own timezone.
 */
export function expiryMoment(choice: ExpiryChoice, date: string, now: Date): string | null {
  if (choice === "never") return null;
  if (choice !== "date") return new Date(now.getTime() + Number(choice) * dayMs).toISOString();
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split("-").map(Number);
  return new Date(year, month - 1, day, 23, 59, 59).toISOString();
}

/** A day of the reader's timezone as a date field writes it. */
export function dateValue(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** What to offer first for the successor of a key: about as long a life as its own. */
export function sameLifetime(createdAt: string, expiresAt: string | null): ExpiryChoice {
  if (expiresAt === null) return "never";
  const days = (Date.parse(expiresAt) - Date.parse(createdAt)) / dayMs;
  return days < 14 ? "7" : days < 60 ? "30" : "90";
}
