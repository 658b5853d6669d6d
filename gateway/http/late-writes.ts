/** Something with text that waits to be written. */
export interface LateWriter {
  /** Writes what waits; called once for each time that it asked. */
  flush(): void;
}

let waiting: LateWriter[] = [];

/**
 * Has a writer flushed when everything that has arrived in this turn of the event loop has been dealt with. Writes that follow
 * each other at once wake the processes on their other side once; writes with work between them wake them each time, which is
 * a third of what a short call costs.
 */
export function flushLate(writer: LateWriter): void {
  if (waiting.length === 0) setImmediate(flushAll);
  waiting.push(writer);
}

function flushAll(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.flush();
}
