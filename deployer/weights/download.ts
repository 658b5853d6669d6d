import type { Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Checksum, type FilePart, type Hub, HubError } from "#lib/hub/hub.ts";
import { networkReason } from "#lib/hub/request.ts";
import { ChecksumError, hashFile, startChecksum } from "./checksum.ts";
import type { DiskSpace } from "./disk-space.ts";
import { partialFile } from "./places.ts";

export interface DownloadDeps {
  hub: Hub;
  disk: DiskSpace;
  /** A connection that brings nothing for so long is given up. */
  stallMs: number;
  /** Wait before the first new try; it doubles. */
  retryBaseMs: number;
  random: () => number;
  /** Room is looked for again each time that so much has come. */
  spaceCheckBytes: number;
}

export interface WantedFile {
  repository: string;
  revision: string;
  file: string;
  sizeBytes: number;
  /** Null: the hub must tell it when the file is opened. */
  checksum: Checksum | null;
  /** Absolute path of the finished file. */
  target: string;
}

/** Tries in a row that bring not one byte. */
const fruitlessTries = 6;
/** A hub that asks for a longer pause is not waited for here. */
const longestPauseMs = 30_000;

/**
 * Brings one file, resuming what an earlier try has left, and puts it in its place once its checksum is right. Throws HubError,
 * ChecksumError, DiskFullError, the file system's errors, or the signal's reason.
 */
export async function downloadFile(deps: DownloadDeps, wanted: WantedFile, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(wanted.target), { recursive: true, mode: 0o700 });
  const partial = await openPartial(wanted, signal);
  let fruitless = 0;
  let damaged = 0;
  while (true) {
    if (partial.bytes === wanted.sizeBytes && partial.checksum) {
      if (await partial.finish(wanted.target)) return;
      damaged++;
      if (damaged > 1) throw new ChecksumError(`${wanted.file} differs from its checksum, also when downloaded again.`);
      await partial.restart(partial.checksum);
    }
    const before = partial.bytes;
    try {
      await pull(deps, wanted, partial, signal);
    } catch (error) {
      const passing = error instanceof HubError && error.passing;
      fruitless = partial.bytes > before ? 1 : fruitless + 1;
      const pauseMs = pause(deps, error, fruitless);
      if (!passing || fruitless >= fruitlessTries || pauseMs > longestPauseMs) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** One connection's worth of the file. */
async function pull(deps: DownloadDeps, wanted: WantedFile, partial: Partial, signal: AbortSignal): Promise<void> {
  const stall = new AbortController();
  const either = AbortSignal.any([signal, stall.signal]);
  const timer = setTimeout(() => stall.abort(), deps.stallMs);
  try {
    const part = await deps.hub.open({ ...wanted, from: partial.bytes }, either);
    await partial.begin(part, wanted);
    await receive(deps, wanted, partial, part, () => timer.refresh());
    if (partial.bytes < wanted.sizeBytes) throw new HubError("unavailable", `The connection ended before ${wanted.file} was whole.`);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (stall.signal.aborted)
      throw new HubError("unavailable", `${wanted.file}: nothing came for ${deps.stallMs / 1000} s.`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    // Ends the connection where the body was not read to its end.
    stall.abort();
  }
}

async function receive(deps: DownloadDeps, wanted: WantedFile, partial: Partial, part: FilePart, alive: () => void): Promise<void> {
  const file = await open(partial.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const folder = dirname(partial.path);
  const left = () => wanted.sizeBytes - partial.bytes;
  try {
    let nextCheck = partial.bytes + deps.spaceCheckBytes;
    for await (const bytes of readable(part.body, wanted.file)) {
      alive();
      if (bytes.length > left()) throw new HubError("invalid", `${wanted.file} is longer than the hub says.`);
      await write(file, bytes).catch(async (error) => {
        throw await deps.disk.explain(error, folder, left());
      });
      partial.add(bytes);
      if (partial.bytes < nextCheck) continue;
      await deps.disk.require(folder, left());
      nextCheck = partial.bytes + deps.spaceCheckBytes;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The body's bytes; a connection that breaks is a passing failure of the hub. */
async function* readable(body: ReadableStream<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new HubError("unavailable", `The connection broke while ${name} was downloaded (${networkReason(cause)}).`, { cause });
  }
}

async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

function pause({ retryBaseMs, random }: DownloadDeps, error: unknown, tries: number): number {
  const asked = error instanceof HubError && error.retryAfterSeconds !== null ? error.retryAfterSeconds * 1000 : 0;
  return Math.max(asked, retryBaseMs * 2 ** (tries - 1) * (0.5 + random()));
}

/** What has come of a file, and its running checksum, so that a whole file need not be read once more. */
class Partial {
  readonly path: string;
  readonly #noteFile: string;
  readonly #sizeBytes: number;
  checksum: Checksum | null = null;
  bytes = 0;
  #hash: Hash | null = null;

  constructor({ target, sizeBytes }: WantedFile) {
    this.path = partialFile(target);
    this.#noteFile = `${this.path}.of`;
    this.#sizeBytes = sizeBytes;
  }

  /** Goes on with what lies there, if it is of the same file. */
  async resume(checksum: Checksum, signal: AbortSignal): Promise<void> {
    const note = await readFile(this.#noteFile, "utf8").catch(() => "");
    const size = (await stat(this.path).catch(() => null))?.size ?? 0;
    if (note !== noteOf(checksum) || size > this.#sizeBytes) return this.restart(checksum);
    this.checksum = checksum;
    this.#hash = startChecksum(checksum, this.#sizeBytes);
    if (size > 0) await hashFile(this.#hash, this.path, signal);
    this.bytes = size;
  }

  /** Throws away what has come. */
  async restart(checksum: Checksum): Promise<void> {
    await rm(this.path, { force: true });
    await writeFile(this.#noteFile, noteOf(checksum), { mode: 0o600 });
    this.checksum = checksum;
    this.#hash = startChecksum(checksum, this.#sizeBytes);
    this.bytes = 0;
  }

  /** Makes ready for the bytes of an answer. */
  async begin(part: FilePart, wanted: WantedFile): Promise<void> {
    const { file, sizeBytes } = wanted;
    if (part.totalBytes !== null && part.totalBytes !== sizeBytes) {
      throw new HubError("invalid", `${file} has ${part.totalBytes} bytes, where the hub lists ${sizeBytes}.`);
    }
    const checksum = this.checksum ?? (part.sha256 ? { kind: "sha256" as const, value: part.sha256 } : null);
    if (!checksum) throw new HubError("invalid", `The hub tells no checksum of ${file}, so that nobody could say whether it is whole.`);
    if (!this.checksum) await this.restart(checksum);
    if (part.from === this.bytes) return;
    await this.restart(checksum);
  }

  add(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
    this.bytes += bytes.length;
  }

  /** Puts the whole file in its place; false where its checksum is wrong. */
  async finish(target: string): Promise<boolean> {
    if (this.#hash?.digest("hex") !== this.checksum?.value) return false;
    // An empty file was never opened.
    if (this.#sizeBytes === 0) await writeFile(this.path, "", { mode: 0o600 });
    await rename(this.path, target);
    await rm(this.#noteFile, { force: true });
    return true;
  }
}

async function openPartial(wanted: WantedFile, signal: AbortSignal): Promise<Partial> {
  const partial = new Partial(wanted);
  if (wanted.checksum) await partial.resume(wanted.checksum, signal);
  return partial;
}

function noteOf({ kind, value }: Checksum): string {
  return `${kind}:${value}`;
}
