type Entry = string | number | boolean | { array: string[] };

const [uint32Type, boolType, stringType, arrayType] = [4, 7, 8, 9];

/** A small GGUF file with these header entries and one tensor of `elements` 32-bit numbers, all 0. */
export function ggufFile(entries: Record<string, Entry>, elements = 64): Buffer {
  const head = [
    Buffer.from("GGUF"),
    uint32(3),
    uint64(1),
    uint64(Object.keys(entries).length),
    ...Object.entries(entries).flatMap(([key, value]) => [text(key), ...typed(value)]),
    text("output.weight"),
    uint32(1),
    uint64(elements),
    uint32(0),
    uint64(0),
  ];
  const header = Buffer.concat(head);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32), Buffer.alloc(elements * 4)]);
}

/** The entries of a plain text model. */
export const textModel = {
  "general.architecture": "llama",
  "general.name": "Test Model",
  "general.license": "mit",
  "llama.context_length": 2048,
  "llama.block_count": 2,
  "llama.embedding_length": 64,
  "llama.attention.head_count": 4,
  "llama.attention.head_count_kv": 2,
  "tokenizer.chat_template": "{{ messages }}",
  "tokenizer.ggml.tokens": { array: ["<s>", "</s>", "a"] },
} satisfies Record<string, Entry>;

function typed(value: Entry): Buffer[] {
  if (typeof value === "string") return [uint32(stringType), text(value)];
  if (typeof value === "boolean") return [uint32(boolType), Buffer.from([value ? 1 : 0])];
  if (typeof value === "number") return [uint32(uint32Type), uint32(value)];
  return [uint32(arrayType), uint32(stringType), uint64(value.array.length), ...value.array.map(text)];
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
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
