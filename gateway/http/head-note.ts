import type { RequestHead } from "./request-parser.ts";

let slots = 0;

/**
 * Something that follows from a request's head alone, and so holds for every request with the same head: on a connection that
 * is mostly all of them. It lives as long as the head, which its connection keeps.
 */
export class HeadNote<Found> {
  readonly #slot = slots++;

  of({ notes }: Pick<RequestHead, "notes">): Found | undefined {
    return notes[this.#slot] as Found | undefined;
  }

  keep({ notes }: Pick<RequestHead, "notes">, found: Found): void {
    notes[this.#slot] = found;
  }
}
