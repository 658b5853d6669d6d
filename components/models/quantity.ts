/** A number of tokens as makers quote it: 131072 is `128K`; what is no multiple of 1,024 stays as it is. */
export function tokensShort(tokens: number): string {
  const kibi = tokens / 1024;
  if (!Number.isInteger(kibi)) return String(tokens);
  return kibi % 1024 === 0 ? `${kibi / 1024}M` : `${kibi}K`;
}
