import type { weightsHubs } from "../contracts/models.ts";

export type HubName = (typeof weightsHubs)[number];

/** `sha256` is over the file; `gitBlob` is the SHA-1 that git gives a small file: over `blob <size>\0` and the file. */
export interface Checksum {
  kind: "sha256" | "gitBlob";
  /** Lower-case hexadecimal. */
  value: string;
}

export interface HubFile {
  /** Below the repository, with `/` between folders. */
  path: string;
  sizeBytes: number;
  /** Null where the hub tells none before the download. */
  checksum: Checksum | null;
}

export interface HubRepository {
  /** The commit that `files` belong to, where the hub tells it; else the revision that was asked for. */
  revision: string;
  /** As the repository says it, e.g. `apache-2.0`; null where it says nothing. */
  licence: string | null;
  /** Seen only by who holds the token. */
  private: boolean;
  files: HubFile[];
}

export interface FileRequest {
  repository: string;
  revision: string;
  file: string;
  /** First byte that is wanted. */
  from: number;
  /** Last byte that is wanted; absent: to the end. */
  to?: number;
}

export interface FilePart {
  /** 0 where the hub does not do ranges and sends the file from its beginning. */
  from: number;
  /** Of the whole file; null where the hub does not say. */
  totalBytes: number | null;
  /** Of the whole file, as the hub's headers tell it. */
  sha256: string | null;
  body: ReadableStream<Uint8Array>;
}

/** A place that models are downloaded from. All calls throw {@link HubError}; an aborted one the signal's reason. */
export interface Hub {
  readonly name: HubName;
  /** The revision that a repository has unless told otherwise. */
  readonly defaultRevision: string;
  describe(repository: string, revision: string, signal: AbortSignal): Promise<HubRepository>;
  /** Opens a file or a part of it. The caller reads the body to its end, or aborts. */
  open(request: FileRequest, signal: AbortSignal): Promise<FilePart>;
}

/**
 * - `not_found`: no such repository, revision or file, or none that the token may see.
 * - `gated`: its licence must be accepted on the hub first.
 * - `unauthorized`: the token is refused.
 * - `rate_limited`, `unavailable`: may go better later.
 * - `unreachable`: no answer at all.
 * - `invalid`: an answer that is none of a hub.
 */
export type HubErrorKind = "not_found" | "gated" | "unauthorized" | "rate_limited" | "unavailable" | "unreachable" | "invalid";

/** A hub that does not give what was asked for; the message says why and what to do, and is fit for a user's eyes. */
export class HubError extends Error {
  override name = "HubError";
  readonly kind: HubErrorKind;
  /** As the hub asks; null where it does not. */
  readonly retryAfterSeconds: number | null;

  constructor(kind: HubErrorKind, message: string, options: { retryAfterSeconds?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  /** Whether the same request may go better in a moment. */
  get passing(): boolean {
    return this.kind === "rate_limited" || this.kind === "unavailable" || this.kind === "unreachable";
  }
}
