import * as z from "zod/mini";

/** A place that was opened from the palette before. */
const place = z.object({
  href: z.string().check(z.startsWith("/")),
  title: z.string(),
  kind: z.enum(["page", "model", "service", "key", "doc"]),
});
export type Place = z.infer<typeof place>;

const storeName = "hydra-recent";
const mostKept = 5;
const kept = z.object({ userId: z.string(), places: z.array(place).check(z.maxLength(mostKept)) });

/** What this user opened last from the palette, newest first; empty where the browser keeps nothing. */
export function readRecent(userId: string): Place[] {
  try {
    const read = kept.parse(JSON.parse(localStorage.getItem(storeName) ?? "null"));
    return read.userId === userId ? read.places : [];
  } catch {
    return [];
  }
}

/** Puts a place in front of the others. */
export function keepRecent(userId: string, opened: Place): void {
  const places = [opened, ...readRecent(userId).filter(({ href }) => href !== opened.href)].slice(0, mostKept);
  try {
    localStorage.setItem(storeName, JSON.stringify({ userId, places }));
  } catch {
    // A browser that keeps nothing shows no recent places; all else works.
  }
}

/** For signing out: the next user of this browser must not see it. */
export function forgetRecent(): void {
  try {
    localStorage.removeItem(storeName);
  } catch {
    // Nothing was kept.
  }
}
