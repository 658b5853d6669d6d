const before = 30;
const after = 90;

/** The text around the first place where `search` stands, on one line; null where it stands nowhere. Case does not count. */
export function excerptOf(text: string, search: string): string | null {
  const at = text.toLowerCase().indexOf(search.toLowerCase());
  if (at === -1) return null;
  const [from, to] = [Math.max(0, at - before), Math.min(text.length, at + search.length + after)];
  const line = text.slice(from, to).replace(/\s+/g, " ").trim();
  return `${from > 0 ? "…" : ""}${line}${to < text.length ? "…" : ""}`;
}
