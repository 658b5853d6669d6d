/** Where blocks of lines go, such as pino's destination. */
export interface BlockTarget {
  write(block: string): unknown;
}

const flushMs = 100;
const blockLength = 64 * 1024;

/**
 * Collects log lines and hands them on in blocks of 64 KB, each within 100 ms: a write goes through another thread, which costs
 * more than to make a hundred lines. Pino's destination has a buffer of its own, but measures all of it anew with each line.
 */
export class LineBlocks {
  readonly #target: BlockTarget;
  #lines = "";
  #timer: NodeJS.Timeout | null = null;

  constructor(target: BlockTarget) {
    this.#target = target;
  }

  /** Takes a line, its end included. */
  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= blockLength) this.flush();
    else this.#timer ??= setTimeout(() => this.#late(), flushMs).unref();
  }

  /** Hands on what there is. */
  flush(): void {
    const lines = this.#lines;
    this.#lines = "";
    if (lines !== "") this.#target.write(lines);
  }

  #late(): void {
    this.#timer = null;
    this.flush();
  }
}
