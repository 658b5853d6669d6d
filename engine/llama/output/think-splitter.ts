import type { Delta } from "./delta.ts";

export interface ThinkingTags {
  start: string;
  end: string;
}

/**
 * Parts an answer into what a model thinks, between its tags at the very beginning, and what it says. The tags and the blanks
 * around them belong to neither. What could still be part of a tag is held back.
 */
export class ThinkSplitter {
  readonly #tags: ThinkingTags;
  #state: "before" | "thinking" | "after" | "speaking";
  #held = "";
  /** Thoughts have begun to be given; blanks before them are dropped. */
  #hasThoughts = false;

  /** `isOpen`: the template has already written the opening tag. */
  constructor(tags: ThinkingTags, isOpen: boolean) {
    this.#tags = tags;
    this.#state = isOpen ? "thinking" : "before";
  }

  push(text: string): Delta {
    this.#held += text;
    const reasoning: string[] = [];
    if (this.#state === "before") this.#open();
    if (this.#state === "thinking") reasoning.push(this.#think());
    if (this.#state === "after") this.#leave();
    return { reasoning: reasoning.join(""), content: this.#state === "speaking" ? this.#take() : "" };
  }

  /** What was held back, once no more can come. */
  flush(): Delta {
    const rest = this.#take();
    return this.#state === "thinking" ? { reasoning: rest.trimEnd() } : { content: this.#state === "after" ? "" : rest };
  }

  #open(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(this.#tags.start)) {
      this.#held = text.slice(this.#tags.start.length);
      this.#state = "thinking";
    } else if (!this.#tags.start.startsWith(text)) {
      this.#state = "speaking";
    }
  }

  /** Gives the thoughts that are certain; blanks at their end wait, since they may stand before the closing tag. */
  #think(): string {
    if (!this.#hasThoughts) {
      this.#dropBeginning();
      if (this.#tags.start.startsWith(this.#held)) return "";
    }
    const at = this.#held.indexOf(this.#tags.end);
    if (at !== -1) {
      const thoughts = this.#held.slice(0, at).trimEnd();
      this.#held = this.#held.slice(at + this.#tags.end.length);
      this.#state = "after";
      return thoughts;
    }
    const certain = this.#held.slice(0, this.#held.length - openTail(this.#held, this.#tags.end)).trimEnd();
    this.#held = this.#held.slice(certain.length);
    this.#hasThoughts ||= certain !== "";
    return certain;
  }

  /** Some models repeat the opening tag that their template has written. */
  #dropBeginning(): void {
    this.#held = this.#held.trimStart();
    if (this.#held.startsWith(this.#tags.start)) this.#held = this.#held.slice(this.#tags.start.length).trimStart();
  }

  #leave(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#state = "speaking";
  }

  #take(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }
}

/** Length of the longest end of `text` that begins `tag`. */
function openTail(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
