import { type GgufHeader, parseGgufHeader } from "./header.ts";
import { GgufError, HeaderCutShort } from "./reader.ts";

const firstBytes = 1024 * 1024;
/** Vocabularies of 250,000 tokens with their merges need about 12 MB. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Reads a header through `more`, which gives the bytes from where it stopped up to `to` (exclusive), fewer only at the file's
 * end. Asks for no more than it needs, in doubling steps. Throws {@link GgufError}.
 */
export async function readGgufHeader(more: (from: number, to: number) => Promise<Uint8Array>): Promise<GgufHeader> {
  let bytes = Buffer.alloc(0);
  for (let wanted = firstBytes; wanted <= maxBytes; wanted *= 2) {
    const part = await more(bytes.length, wanted);
    bytes = Buffer.concat([bytes, part]);
    try {
      return parseGgufHeader(bytes);
    } catch (error) {
      if (!(error instanceof HeaderCutShort)) throw error;
      if (bytes.length < wanted) throw new GgufError("it is cut short: its header is not all there", { cause: error });
    }
  }
  throw new GgufError("its header is larger than any that is known");
}
