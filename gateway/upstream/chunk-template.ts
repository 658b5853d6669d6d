import type { ChatChunk } from "#lib/contracts/openai/chunk.ts";

const probe = "hydra probe";
const member = /"content": ?"/g;
const jsonText = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))+/y;

/**
 * Most events of a stream differ in nothing but the text of their one delta. Once such an event has been read and
 * rendered whole, the next ones are recognised by the bytes around that text, and rendered by putting the text into the
 * bytes around it, unparsed: a fifth of the cost. What differs in anything else is read whole again.
 */
export class ChunkTemplate {
  readonly #before: string;
  readonly #after: string;
  readonly #renderedBefore: string;
  readonly #renderedAfter: string;

  private constructor(read: [string, string], rendered: [string, string]) {
    [this.#before, this.#after] = read;
    [this.#renderedBefore, this.#renderedAfter] = rendered;
  }

  /**
   * The template of an event, or null where it has more to say than a text. `text` is the event's data, `chunk` what was
   * read of it, `render` makes the text of the event that the client is sent. The event with a text of our own is read
   * and rendered to see that nothing else changes.
   */
  static learn(text: string, chunk: ChatChunk, render: (chunk: ChatChunk) => string | null): ChunkTemplate | null {
    if (!isPlain(chunk)) return null;
    const read = around(text);
    if (!read) return null;
    const expected = structuredClone(chunk);
    Object.assign(expected.choices[0]?.delta ?? {}, { content: probe });
    const probed = parse(`${read[0]}${probe}${read[1]}`);
    if (probed === null || JSON.stringify(probed) !== JSON.stringify(expected)) return null;
    const [before, after, ...more] = (render(expected) ?? "").split(probe);
    if (before === undefined || after === undefined || more.length > 0) return null;
    return new ChunkTemplate(read, [before, after]);
  }

  /** What the client is sent for an event of this form, or null where it has another form. */
  render(text: string): string | null {
    const from = this.#before.length;
    const to = text.length - this.#after.length;
    if (to <= from || !text.startsWith(this.#before) || !text.endsWith(this.#after)) return null;
    jsonText.lastIndex = from;
    if (!jsonText.test(text) || jsonText.lastIndex !== to) return null;
    return `${this.#renderedBefore}${text.slice(from, to)}${this.#renderedAfter}`;
  }
}

/** One choice whose delta is a text and nothing else, without an end and without usage. */
function isPlain({ choices, usage }: ChatChunk): boolean {
  const [choice] = choices;
  if (choices.length !== 1 || !choice?.delta || choice.finish_reason || (usage !== null && usage !== undefined)) return false;
  const { delta } = choice;
  return typeof delta.content === "string" && delta.content.length > 0 && Object.keys(delta).length === 1;
}

/** What stands before and after the text; null where that cannot be told. */
function around(text: string): [string, string] | null {
  const found = [...text.matchAll(member)];
  if (found.length !== 1 || !found[0]) return null;
  const from = found[0].index + found[0][0].length;
  jsonText.lastIndex = from;
  if (!jsonText.test(text)) return null;
  return [text.slice(0, from), text.slice(jsonText.lastIndex)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
