import { ApiError, api } from "#components/ui/api.ts";
import { type TrialImageInput, trialImages } from "#lib/contracts/trial.ts";
import { readReceipt } from "../conversation/receipt.ts";

/** One call for images and what came of it. */
export interface Batch {
  id: number;
  input: TrialImageInput;
  state: "drawing" | "done" | "stopped" | ApiError;
  /** Object URLs of the pictures. */
  pictures: Picture[];
  tookMs: number | null;
  /** What was taken from the balance; null where it is unknown or nothing is charged by image. */
  chargeNano: string | null;
}

export interface Picture {
  url: string;
  /** Ending of its file's name. */
  type: "png" | "jpeg" | "webp";
}

/** The images that this tab has drawn, outside of React: looking at another page neither loses them nor ends a call. */
export class Studio {
  readonly userId: string;
  #batches: Batch[] = [];
  #running: AbortController | null = null;
  #made = 0;
  readonly #readers = new Set<() => void>();

  constructor(userId: string) {
    this.userId = userId;
  }

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };
  /** The newest first. */
  readonly snapshot = (): Batch[] => this.#batches;

  #set(batches: Batch[]): void {
    this.#batches = batches;
    for (const reader of this.#readers) reader();
  }

  #update(id: number, news: Partial<Batch>): void {
    this.#set(this.#batches.map((batch) => (batch.id === id ? { ...batch, ...news } : batch)));
  }

  async draw(input: TrialImageInput): Promise<void> {
    if (this.#running) return;
    const controller = new AbortController();
    this.#running = controller;
    const id = ++this.#made;
    this.#set([{ id, input, state: "drawing", pictures: [], tookMs: null, chargeNano: null }, ...this.#batches]);
    const startMs = performance.now();
    const tookMs = () => Math.round(performance.now() - startMs);
    try {
      const request = { path: "/api/trial/images", method: "POST", body: input, schema: trialImages, signal: controller.signal } as const;
      const { images, requestId } = await api(request);
      this.#update(id, { state: "done", pictures: images.map(pictureOf), tookMs: tookMs() });
      this.#running = null;
      const receipt = requestId ? await readReceipt(requestId) : null;
      if (receipt) this.#update(id, { chargeNano: receipt.chargeNano });
    } catch (error) {
      this.#update(id, { state: controller.signal.aborted ? "stopped" : asApiError(error), tookMs: tookMs() });
    } finally {
      if (this.#running === controller) this.#running = null;
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  remove(id: number): void {
    for (const batch of this.#batches) if (batch.id === id) for (const { url } of batch.pictures) URL.revokeObjectURL(url);
    this.#set(this.#batches.filter((batch) => batch.id !== id));
  }
}

/** The kind is told by the first bytes; nothing else is believed, least of all that it is an image. */
function pictureOf(base64: string): Picture {
  const type = base64.startsWith("/9j/") ? "jpeg" : base64.startsWith("UklGR") ? "webp" : "png";
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { url: URL.createObjectURL(new Blob([bytes], { type: `image/${type}` })), type };
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, { code: "upstream_invalid_response", message: String(error) });
}

let current: Studio | null = null;

/** The signed-in user's images; another who signs in to this tab finds none. */
export function studioOf(userId: string): Studio {
  if (current?.userId !== userId) current = new Studio(userId);
  return current;
}
