/** Chinese type sets a space between figures and words, as all texts here do; the browser's own formats leave it out. */
export function spaced(text: string): string {
  return text.replace(/(\d)(?=\p{Script=Han})/gu, "$1 ");
}
