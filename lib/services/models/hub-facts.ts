import type { CreateOwnModelInput } from "#lib/contracts/models.ts";
import { AppError } from "#lib/errors.ts";
import { readGgufHeader } from "#lib/gguf/read.ts";
import { GgufError } from "#lib/gguf/reader.ts";
import { isLaterPart, splitFiles } from "#lib/gguf/split.ts";
import { type Hub, HubError, type HubFile, type HubRepository } from "#lib/hub/hub.ts";
import { commonFacts, type HubModel } from "./hub-model.ts";
import { safetensorsFacts } from "./safetensors-facts.ts";

/** Reading a header takes a few requests; a person waits for the answer. */
const limitMs = 30_000;
/** How many names a message lists. */
const listed = 20;

/**
 * What a repository holds that can be run, by its listing and the first bytes of its file. `mayUsePrivate`: whoever asks may
 * use what only the installation's own token can see. Throws AppError: `invalid_value` with the member that is wrong, or
 * `upstream_error`.
 */
export async function hubModel(hub: Hub, input: CreateOwnModelInput, mayUsePrivate: boolean): Promise<HubModel> {
  const signal = AbortSignal.timeout(limitMs);
  const revision = input.revision ?? hub.defaultRevision;
  try {
    const repository = await hub.describe(input.repository, revision, signal);
    // As if it were not there: the token is the installation's, not the user's.
    if (repository.private && !mayUsePrivate)
      throw new HubError("not_found", `There is no repository ${input.repository} that you may use.`);
    const file = chooseFile(input, repository.files);
    if (file === null) return await safetensorsFacts(hub, input, repository, signal);
    return await ggufFacts(hub, input, repository, file, signal);
  } catch (error) {
    throw explained(error, input, signal);
  }
}

async function ggufFacts(
  hub: Hub,
  input: CreateOwnModelInput,
  repository: HubRepository,
  file: HubFile,
  signal: AbortSignal,
): Promise<HubModel> {
  const place = { repository: input.repository, revision: repository.revision, file: file.path };
  const header = await readGgufHeader(async (from, to) => {
    if (from >= file.sizeBytes) return new Uint8Array();
    const part = await hub.open({ ...place, from, to: Math.min(to, file.sizeBytes) - 1 }, signal);
    return firstBytes(part.body, Math.min(to, file.sizeBytes) - from);
  });
  if (header.contextLength === null) throw new GgufError("its header does not say how many tokens it takes");
  const projector = projectorOf(repository.files);
  const parts = partsOf(file.path, repository.files);
  const kind = header.embedding ? "embedding" : projector ? "image_understanding" : "text_generation";
  return {
    facts: {
      ...commonFacts(hub, input),
      kind,
      contextLength: Math.min(input.contextLength ?? header.contextLength, header.contextLength),
      licence: repository.licence ?? header.licence ?? "",
      // The other parts' headers were not read.
      parameters: parts.length === 1 ? header.parameters : null,
      repository: null,
    },
    weights: {
      source: "hub",
      hub: hub.name,
      ...place,
      projectorFile: projector?.path ?? null,
      sizeBytes: BigInt([...parts, ...(projector ? [projector] : [])].reduce((sum, one) => sum + one.sizeBytes, 0)),
      sha256: file.checksum?.kind === "sha256" ? file.checksum.value : null,
      format: "gguf",
      architecture: header.architecture,
      chatTemplate: header.chatTemplate,
      cacheBytesPerToken: header.cacheBytesPerToken,
    },
  };
}

/** The GGUF file that is meant; null where the repository has none, but safetensors. */
function chooseFile({ file, repository }: CreateOwnModelInput, files: readonly HubFile[]): HubFile | null {
  const models = files.filter(({ path }) => /\.gguf$/i.test(path) && !isLaterPart(path) && !isProjector(path));
  if (file !== undefined) {
    const named = models.find(({ path }) => path === file);
    if (named) return named;
    const data = { reason: "file_missing", file, repository, ...told(models) };
    throw new AppError("invalid_value", `There is no GGUF model ${file} in ${repository}. It has: ${names(models)}`, {
      param: "file",
      data,
    });
  }
  if (models.length === 1 && models[0]) return models[0];
  const usual = models.filter(({ path }) => /q4_k_m/i.test(path));
  if (usual.length === 1 && usual[0]) return usual[0];
  if (models.length > 1) {
    const data = { reason: "several_files", repository, ...told(models) };
    const message = `${repository} has several models. Choose one as \`file\`: ${names(models)}`;
    throw new AppError("invalid_value", message, { param: "file", data });
  }
  if (files.some(({ path }) => path.endsWith(".safetensors"))) return null;
  const data = { reason: "no_weights", repository };
  throw new AppError("invalid_value", `${repository} has neither GGUF files nor safetensors.`, { param: "repository", data });
}

/** Image encoders are named so by llama.cpp's own converter. */
function isProjector(path: string): boolean {
  return /(^|\/)[^/]*mmproj[^/]*\.gguf$/i.test(path);
}

/** At 16 bits where there is a choice: it is small beside the model. */
function projectorOf(files: readonly HubFile[]): HubFile | null {
  const found = files.filter(({ path }) => isProjector(path));
  return found.find(({ path }) => /[^b]f16/i.test(path)) ?? found[0] ?? null;
}

function partsOf(first: string, files: readonly HubFile[]): HubFile[] {
  return splitFiles(first).map((path) => {
    const part = files.find((file) => file.path === path);
    if (part) return part;
    throw new GgufError(`a part of it is missing, ${path}`);
  });
}

/** Stops reading where a hub sends more than was asked for. */
async function firstBytes(body: ReadableStream<Uint8Array>, wanted: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= wanted) break;
  }
  return Buffer.concat(parts).subarray(0, wanted);
}

/** The same for a translated message. */
function told(files: readonly HubFile[]): { files: string; count: number; more: number } {
  const shown = files.slice(0, listed).map((file) => file.path);
  return { files: shown.join(", "), count: files.length, more: files.length - shown.length };
}

function names(files: readonly HubFile[]): string {
  const more = files.length > listed ? `, and ${files.length - listed} more` : "";
  return files.length === 0
    ? "none"
    : `${files
        .slice(0, listed)
        .map((file) => file.path)
        .join(", ")}${more}`;
}

function explained(error: unknown, { repository }: CreateOwnModelInput, signal: AbortSignal): unknown {
  if (error instanceof GgufError) {
    const data = { reason: "unreadable", repository };
    return new AppError("invalid_value", `${repository} cannot be loaded: ${error.message}.`, { param: "file", data, cause: error });
  }
  const data = { reason: error instanceof HubError ? `hub_${error.kind}` : "hub_slow", repository };
  if (error instanceof HubError && !error.passing)
    return new AppError("invalid_value", error.message, { param: "repository", data, cause: error });
  if (error instanceof HubError) {
    const wait = error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds };
    return new AppError("upstream_error", error.message, { ...wait, data, cause: error });
  }
  if (signal.aborted)
    return new AppError("upstream_error", `The model hub took too long to tell about ${repository}. Try again.`, { data, cause: error });
  return error;
}
