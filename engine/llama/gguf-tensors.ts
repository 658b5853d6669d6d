import type { GgufReader } from "./gguf-reader.ts";

/** Elements of a block and its bytes, by tensor type (ggml.h's ggml_type and the block sizes of ggml-common.h). */
const blocks = new Map([
  [0, [1, 4]],
  [1, [1, 2]],
  [2, [32, 18]],
  [3, [32, 20]],
  [6, [32, 22]],
  [7, [32, 24]],
  [8, [32, 34]],
  [10, [256, 84]],
  [11, [256, 110]],
  [12, [256, 144]],
  [13, [256, 176]],
  [14, [256, 210]],
  [30, [1, 2]],
]);

/** Where the last tensor's data ends, in bytes of the file. Of tensor types that it does not know only the start counts. */
export function endOfTensors(reader: GgufReader, alignment: number): number {
  let end = 0;
  for (let left = reader.tensors; left > 0; left--) {
    reader.text();
    let elements = 1;
    for (let dimensions = reader.uint32(); dimensions > 0; dimensions--) elements *= reader.uint64();
    const [perBlock = 1, blockBytes = 0] = blocks.get(reader.uint32()) ?? [];
    end = Math.max(end, reader.uint64() + (elements / perBlock) * blockBytes);
  }
  return Math.ceil(reader.position / alignment) * alignment + end;
}
