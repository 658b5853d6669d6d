/** Text for a `contains` filter, in which PostgreSQL's LIKE would else read `%`, `_` and `\` as patterns. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
