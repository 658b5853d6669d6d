/** Zero width space: unseen by a reader, and enough to keep the tokenizer from finding a control symbol. */
const breaker = "\u200b";

export interface ControlTexts {
  /** Whether a text holds a control symbol, as a prompt does that somebody has formatted by hand. */
  found(text: string): boolean;
  /** The text with every control symbol in it broken, so that content can neither end its message nor pose as another role. */
  disarm(text: string): string;
}

/**
 * The binding tokenizes a formatted prompt as one string, in which it takes `<|im_end|>` for the control symbol wherever it
 * came from, and it accepts no token ids. So what a user wrote is disarmed before the template is applied.
 */
export function createControlTexts(texts: readonly string[]): ControlTexts {
  if (texts.length === 0) return { found: () => false, disarm: (text) => text };
  const pattern = texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const any = new RegExp(pattern, "u");
  const every = new RegExp(pattern, "gu");
  return {
    found: (text) => any.test(text),
    disarm: (text) => text.replace(every, (symbol) => symbol.slice(0, 1) + breaker + symbol.slice(1)),
  };
}
