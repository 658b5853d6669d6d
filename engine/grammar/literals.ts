/** A text as a literal of llama.cpp's grammar language. */
export function quote(text: string): string {
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return `"${text.replace(/[\\"\n\r\t]/g, (char) => escapes[char] ?? char)}"`;
}

/**
 * One of several texts, with shared beginnings written once: llama.cpp follows every alternative that still fits side by side,
 * at each token, and five hundred values that all begin with a quotation mark would make it slow.
 */
export function oneOfTexts(texts: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const first = [...text][0] ?? "";
    groups.set(first, [...(groups.get(first) ?? []), text]);
  }
  return [...groups.values()].map(groupOf).join(" | ");
}

function groupOf(texts: string[]): string {
  const [only, ...others] = texts;
  if (only === undefined || others.length === 0) return quote(only ?? "");
  const shared = sharedBeginning(texts);
  return `${quote(shared)} (${oneOfTexts(texts.map((text) => text.slice(shared.length)))})`;
}

function sharedBeginning(texts: string[]): string {
  const [first = "", ...others] = texts.map((text) => [...text]);
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length++;
  return [...first].slice(0, length).join("");
}
