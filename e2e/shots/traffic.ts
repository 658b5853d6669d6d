import type { Page, Request } from "@playwright/test";

const quietMs = 120;
const restLimitMs = 15_000;

/** What a page has asked for and not yet got. */
export class Traffic {
  readonly #page: Page;
  readonly #underWay = new Set<Request>();
  #lastChange = 0;

  constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => {
      // A stream of events never ends by itself: it says when there is something to be read.
      if (request.resourceType() === "eventsource") return;
      this.#underWay.add(request);
      this.#lastChange = performance.now();
    });
    page.on("requestfinished", (request) => this.#ended(request));
    page.on("requestfailed", (request) => this.#ended(request));
  }

  /**
   * Resolves once nothing has been under way for a moment, the letters are there and no skeleton is left. Pages that ask
   * again and again have such moments between two requests.
   */
  async rest(): Promise<void> {
    const end = performance.now() + restLimitMs;
    while (!(await this.#rests())) {
      if (performance.now() > end) {
        const open = [...this.#underWay].map((request) => request.url()).join(", ");
        throw new Error(`${this.#page.url()} has not come to rest within ${restLimitMs / 1_000} s${open ? `; still open: ${open}` : ""}.`);
      }
      await this.#page.waitForTimeout(20);
    }
  }

  async #rests(): Promise<boolean> {
    if (this.#underWay.size > 0 || performance.now() - this.#lastChange < quietMs) return false;
    const drawn = await this.#page.evaluate(async () => {
      await document.fonts.ready;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return document.readyState === "complete" && document.querySelector("div.animate-wait") === null;
    });
    return drawn && this.#underWay.size === 0;
  }

  #ended(request: Request): void {
    this.#underWay.delete(request);
    this.#lastChange = performance.now();
  }
}
