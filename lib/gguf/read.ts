import { type GgufHeader, parseGgufHeader } from "./header.ts";
import { GgufError, HeaderCutShort } from "./reader.ts";

const firstBytes = 1024 * 1024;
/** Vocabularies of 250,000 tokens with their merges need about 12 MB. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Reads a header through `more`, which gives the bytes from where it stopped up to `to` (exclusive), fewer only at the file's
 * end. Asks for no more than it needs, in doubling steps. Throws {@link GgufError}.
 */
export function readGgufHeader(more: MoreBytes): Promise<GgufHeader> {
  return readGguf(more, parseGgufHeader);
}

/** Gives the bytes from where it stopped up to `to` (exclusive), fewer only at the file's end. */
type MoreBytes = (from: number, to: number) => Promise<Uint8Array>;

/** The same with a `parse` that takes something else from the header; it throws HeaderCutShort where the bytes are too few. */
export async function readGguf<Result>(more: MoreBytes, parse: (bytes: Uint8Array) => Result): Promise<Result> {
  let bytes = Buffer.alloc(0);
  for (let wanted = firstBytes; wanted <= maxBytes; wanted *= 2) {
    const part = await more(bytes.length, wanted);
    bytes = Buffer.concat([bytes, part]);
    try {
      return parse(bytes);
    } catch (error) {
      if (!(error instanceof HeaderCutShort)) throw error;
      if (bytes.length < wanted) throw new GgufError("it is cut short: its header is not all there", { cause: error });
    }
  }
  throw new GgufError("its header is larger than any that is known");
}
