const terminal = process.stderr.isTTY === true;
const quietMs = 1_000;

// The terminal may be gone before we are: what cannot be shown must not end an orderly stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs one step and shows one line for it with the time it took: on a terminal a line that counts seconds, elsewhere a
 * second line once the step has taken a while, so that a log shows what is being waited for.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1_000).toFixed(1)} s`;
  const clear = terminal ? "\r\u001b[2K" : "";
  const timer = terminal
    ? setInterval(() => process.stderr.write(`${clear}  … ${label}  ${seconds()}`), 200)
    : setTimeout(() => say(`  … ${label}`), quietMs);
  try {
    const result = await work();
    say(`${clear}  ✓ ${label}  ${seconds()}`);
    return result;
  } catch (error) {
    say(`${clear}  ✗ ${label}  ${seconds()}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
