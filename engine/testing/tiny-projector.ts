import { writeFile } from "node:fs/promises";

const alignment = 32;
const type = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9 };
const width = 16;
const inner = 32;
const side = 16;
const patch = 8;
const patches = (side / patch) ** 2;
/** The width of the demo weights, into which images are projected. */
const modelWidth = 192;

/** Tokens that an image takes with this projector. */
export const imageTokens = patches;

/**
 * Writes a projector of LLaVA's shape that fits the demo weights, with numbers drawn at random: what it sees means nothing, but
 * every step from the request to the model's context is taken as with a real one.
 */
export async function writeTinyProjector(path: string): Promise<void> {
  const entries = metadata();
  const tensors = tensorShapes();
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [name, shape] of tensors) {
    infos.push(text(name), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset));
    const bytes = randomFloats(shape.reduce((product, size) => product * size, 1));
    data.push(bytes);
    offset += bytes.length;
  }
  const head = Buffer.concat([Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(entries.length), ...entries, ...infos]);
  await writeFile(path, Buffer.concat([padded(head), ...data]));
}

function metadata(): Buffer[] {
  const number = (key: string, value: number) => Buffer.concat([text(key), uint32(type.uint32), uint32(value)]);
  const words = (key: string, value: string) => Buffer.concat([text(key), uint32(type.string), text(value)]);
  const flag = (key: string) => Buffer.concat([text(key), uint32(type.bool), Buffer.from([1])]);
  const floats = (key: string, values: number[]) =>
    Buffer.concat([text(key), uint32(type.array), uint32(type.float32), uint64(values.length), ...values.map(float32)]);
  return [
    words("general.architecture", "clip"),
    words("clip.projector_type", "mlp"),
    flag("clip.has_vision_encoder"),
    flag("clip.use_gelu"),
    number("clip.vision.image_size", side),
    number("clip.vision.patch_size", patch),
    number("clip.vision.embedding_length", width),
    number("clip.vision.feed_forward_length", inner),
    number("clip.vision.block_count", 2),
    number("clip.vision.attention.head_count", 2),
    number("clip.vision.projection_dim", modelWidth),
    Buffer.concat([text("clip.vision.attention.layer_norm_epsilon"), uint32(type.float32), float32(1e-5)]),
    floats("clip.vision.image_mean", [0.5, 0.5, 0.5]),
    floats("clip.vision.image_std", [0.5, 0.5, 0.5]),
  ];
}

function tensorShapes(): [string, number[]][] {
  const layer = (index: number): [string, number[]][] => [
    ...["attn_q", "attn_k", "attn_v", "attn_out"].flatMap((name) => linear(`v.blk.${index}.${name}`, width, width)),
    ...["ln1", "ln2"].flatMap((name) => norm(`v.blk.${index}.${name}`)),
    ...linear(`v.blk.${index}.ffn_up`, width, inner),
    ...linear(`v.blk.${index}.ffn_down`, inner, width),
  ];
  return [
    ["v.patch_embd.weight", [patch, patch, 3, width]],
    ["v.position_embd.weight", [width, patches]],
    ...layer(0),
    ...layer(1),
    ...linear("mm.0", width, modelWidth),
    ...linear("mm.2", modelWidth, modelWidth),
  ];
}

function linear(name: string, from: number, to: number): [string, number[]][] {
  return [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
}

function norm(name: string): [string, number[]][] {
  return [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
}

/** The same numbers in each run (xorshift). */
function randomFloats(count: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((count * 4) / alignment) * alignment);
  let state = count + 1;
  for (let index = 0; index < count; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeFloatLE((state / 2 ** 31) * 0.2, index * 4);
  }
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
