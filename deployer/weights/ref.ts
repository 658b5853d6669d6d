/** Which weights a model runs on, and how to tell that a file is the right one. */
export interface WeightsRef {
  id: string;
  /** `bundled` comes with Hydra, `hub` is downloaded, `import` was put into the store by `hydra models import`. */
  source: "bundled" | "hub" | "import";
  /** Null for what is not downloaded. */
  hub: "huggingface" | "modelscope" | null;
  /** `<owner>/<name>` on the hub; empty for what is not downloaded. */
  repository: string;
  /** A commit where it is known, else a branch; empty for what is not downloaded. */
  revision: string;
  /** Below the repository, or below a weights folder; the first of a split file. Empty: the whole repository (safetensors). */
  file: string;
  /** Weights of the image encoder, beside {@link file}; null where the model reads text alone. */
  projectorFile: string | null;
  /** Of all files together; null while nobody has said. */
  sizeBytes: number | null;
  /** Of {@link file}, in hexadecimal; null: the hub's own word is taken. */
  sha256: string | null;
  format: "gguf" | "safetensors";
}

/** The row as the deployer hands it on. */
export function toWeightsRef(row: Omit<WeightsRef, "sizeBytes"> & { sizeBytes: bigint | null }): WeightsRef {
  const { id, source, hub, repository, revision, file, projectorFile, sizeBytes, sha256, format } = row;
  const size = sizeBytes === null ? null : Number(sizeBytes);
  return { id, source, hub, repository, revision, file, projectorFile, sizeBytes: size, sha256, format };
}

/** A maker's own repository, as vLLM loads it. */
export function wholeRepository(repository: string): WeightsRef {
  const place = { source: "hub", hub: "huggingface", repository, revision: "main", file: "", projectorFile: null } as const;
  return { id: `repository:${repository}`, ...place, sizeBytes: null, sha256: null, format: "safetensors" };
}
