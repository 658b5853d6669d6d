/** Calls that wait for room, first in, first out, each for so long at most. */
export class WaitingRoom {
  readonly #hasRoom: () => boolean;
  readonly #longestMs: number;
  readonly #waiting: { resolve(found: boolean): void; timer: NodeJS.Timeout }[] = [];

  constructor(hasRoom: () => boolean, longestMs: number) {
    this.#hasRoom = hasRoom;
    this.#longestMs = longestMs;
  }

  /** Resolves to whether there is room now. */
  wait(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#leave(timer), this.#longestMs);
      this.#waiting.push({ resolve, timer });
    });
  }

  /** There may be room: everybody looks again, as long as there is. `isHopeless` sends all away. */
  call(isHopeless = false): void {
    while (this.#waiting.length > 0 && (isHopeless || this.#hasRoom())) {
      const first = this.#waiting.shift();
      clearTimeout(first?.timer);
      first?.resolve(!isHopeless);
    }
  }

  #leave(timer: NodeJS.Timeout): void {
    const place = this.#waiting.findIndex((one) => one.timer === timer);
    this.#waiting.splice(place, 1)[0]?.resolve(false);
  }
}
