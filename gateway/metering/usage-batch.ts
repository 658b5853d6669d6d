import { escaped, isPlain, quoted, type UsageText } from "./usage-text.ts";

/** A batch as `settle_usage` takes it: two arrays of rows in PostgreSQL's own text, of types `usage_party` and `usage_line`. */
export interface UsageBatch {
  parties: string;
  lines: string;
}

/**
 * What calls have in common is sent once and each call names it by its place: a seventh of the text that JSON was, and a tenth
 * of the database's work to read it.
 */
export function usageBatch(usages: readonly UsageText[]): UsageBatch {
  const places = new Map<string, number>();
  let place = 0;
  let last: string | null = null;
  const lines = usages.map(({ requestId, party, line }) => {
    if (party !== last) place = placeOf(party, places);
    last = party;
    return `"(${isPlain(requestId) ? requestId : escaped(quoted(requestId))},${place},${line})"`;
  });
  return { parties: `{${[...places.keys()].map(quoted).join(",")}}`, lines: `{${lines.join(",")}}` };
}

function placeOf(party: string, places: Map<string, number>): number {
  let place = places.get(party);
  if (place === undefined) {
    place = places.size + 1;
    places.set(party, place);
  }
  return place;
}
