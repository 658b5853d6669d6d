/** A flag with its value, for an argument array: names from rows cannot become flags. Throws RangeError. */
export function flag(name: string, value: string | number): string[] {
  const text = String(value);
  if (text === "" || text.startsWith("-") || text.includes("\0")) throw new RangeError(`${name} cannot be ${JSON.stringify(text)}`);
  return [name, text];
}

/** The least that a program gets to work on an instance with: whole cores, one at least. */
export function threadsOf({ cpuMilli }: { cpuMilli: number }): number {
  return Math.max(1, Math.floor(cpuMilli / 1000));
}
