/**
 * Looks for stop strings in text that arrives in pieces. What could be the beginning of a stop string is held back until the
 * next piece decides, so that no part of one ever reaches a client.
 */
export class StopScanner {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Takes a piece; gives what is safe to send, and whether a stop string was reached (nothing follows then). */
  push(piece: string): { text: string; stopped: boolean } {
    const text = this.#held + piece;
    const at = this.#firstStop(text);
    if (at !== -1) {
      this.#held = "";
      return { text: text.slice(0, at), stopped: true };
    }
    const keep = this.#openTail(text);
    this.#held = text.slice(text.length - keep);
    return { text: text.slice(0, text.length - keep), stopped: false };
  }

  /** What was held back, once no more can come. */
  flush(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }

  #firstStop(text: string): number {
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
    return found.length === 0 ? -1 : Math.min(...found);
  }

  /** Length of the longest end of `text` that begins a stop string. */
  #openTail(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
