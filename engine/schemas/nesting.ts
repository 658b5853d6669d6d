/** llama.cpp's template engine goes down into values by recursion, and ends the process where its stack does. */
const maxNesting = 64;

/** Whether a value that came as JSON is nested no deeper than the engine takes. */
export function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting) return false;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return true;
}

/** The same of a JSON text, which the template engine may read; what is no JSON it leaves alone. */
export function isShallowJson(text: string): boolean {
  try {
    return isShallow(JSON.parse(text));
  } catch {
    // Its reader could still go down before it finds the fault.
    return (text.match(/[[{]/g)?.length ?? 0) <= maxNesting;
  }
}
