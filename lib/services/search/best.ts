/** Results of one kind that a search shows. */
export const mostResults = 6;

/** What begins with the text before what only holds it, each once, and no more than are shown. */
export function bestOf<Row extends { id: string }>(beginning: Row[], holding: Row[]): Row[] {
  const known = new Set(beginning.map((row) => row.id));
  return [...beginning, ...holding.filter((row) => !known.has(row.id))].slice(0, mostResults);
}
