import type { Target } from "../requests.ts";

/** Targets whose names hold every word of the search. */
export function matching(targets: Target[], search: string): Target[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return targets.filter(({ accessName, name }) => {
    const text = `${name} ${accessName}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
