import { GgufError, type GgufReader } from "./reader.ts";

/** Where tensors begin after the header, unless `general.alignment` says otherwise. */
const defaultAlignment = 32;
/** Elements of a block and its bytes, by tensor type (ggml.h's ggml_type and the block sizes of ggml-common.h). */
const blocks = new Map<number, readonly [elements: number, bytes: number]>([
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
  [24, [1, 1]],
  [25, [1, 2]],
  [26, [1, 4]],
  [27, [1, 8]],
  [28, [1, 8]],
  [30, [1, 2]],
]);
const maxDimensions = 8;

export interface GgufTensors {
  /** Numbers in all tensors. */
  parameters: bigint;
  /** Bytes that the file must have at least: where the last tensor's data ends. */
  endBytes: number;
}

/**
 * Reads what follows the entries of a header. Of tensor types that are not known here only the start counts towards the end.
 * `alignment` as the entries say it; null where they do not. Throws as the reader does.
 */
export function readTensors(reader: GgufReader, alignment: number | null): GgufTensors {
  let parameters = 0n;
  let dataBytes = 0;
  for (let left = reader.tensors; left > 0; left--) {
    reader.text();
    const dimensions = reader.uint32();
    if (dimensions > maxDimensions) throw new GgufError(`it is damaged: a tensor of ${dimensions} dimensions`);
    let elements = 1n;
    for (let dimension = 0; dimension < dimensions; dimension++) elements *= reader.uint64();
    const [perBlock, blockBytes] = blocks.get(reader.uint32()) ?? [1, 0];
    parameters += elements;
    dataBytes = Math.max(dataBytes, Number(reader.uint64()) + (Number(elements) / perBlock) * blockBytes);
  }
  const step = alignment ?? defaultAlignment;
  return { parameters, endBytes: Math.ceil(reader.position / step) * step + dataBytes };
}
