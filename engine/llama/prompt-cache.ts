import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** Shorter beginnings are read again faster than their state is loaded. */
const minTokens = 32;
const maxStates = 64;
/** A state file begins with a magic number, a version and the number of its tokens, each of 4 bytes; the tokens follow (llama.cpp). */
const headerBytes = 12;
const memoryFolder = "/dev/shm";

/** A slot's state after one answer: its tokens, and a file without a name that holds what the model knows of them. */
interface SavedState {
  descriptor: number;
  tokens: Int32Array;
  bytes: number;
  scope: string;
  usedAt: number;
  readers: number;
  dropped: boolean;
}

export interface LoadableState {
  path: string;
  /** Must be called once nobody reads it any more. */
  release(): void;
  /** It could not be loaded; nobody gets it again. */
  drop(): void;
}

export interface StateToSave {
  path: string;
  /** The answer is whole, and the file with it. */
  keep(): void;
  discard(): void;
}

/**
 * What the model has read before, so that the next turn of a conversation need not be read from its start. The binding keeps
 * no prefix in its slots by itself; it saves a slot's state into a file and compares the tokens when it loads one, so a state
 * can never be taken for another prompt's. The files have no name: they end with the process, however it ends, and nobody
 * else can open them. Linux only.
 */
export class PromptCache {
  readonly #budgetBytes: number;
  readonly #folder: string;
  readonly #states = new Set<SavedState>();
  /** Empty files for the next states. None is closed before the end: a binding that is late would write to whatever got its number. */
  readonly #free: number[] = [];
  #bytesPerToken = 0;
  #clock = 0;

  /** Null where this system cannot have one, or the budget is 0. */
  static create(budgetBytes: number, fallbackFolder: string): PromptCache | null {
    if (budgetBytes === 0 || process.platform !== "linux") return null;
    try {
      const { bavail, bsize } = statfsSync(memoryFolder);
      return new PromptCache(budgetBytes, bavail * bsize > 2 * budgetBytes ? memoryFolder : fallbackFolder);
    } catch {
      return new PromptCache(budgetBytes, fallbackFolder);
    }
  }

  private constructor(budgetBytes: number, folder: string) {
    this.#budgetBytes = budgetBytes;
    this.#folder = folder;
  }

  get bytes(): number {
    return [...this.#states].reduce((sum, state) => sum + state.bytes, 0);
  }

  /** The state that agrees longest with the beginning of a prompt, among those of one scope. */
  find(tokens: Int32Array, scope: string): LoadableState | null {
    let best: SavedState | null = null;
    let longest = minTokens - 1;
    for (const state of this.#states) {
      if (state.scope !== scope) continue;
      const length = sharedLength(state.tokens, tokens);
      if (length > longest) [best, longest] = [state, length];
    }
    if (best === null) return null;
    const state = best;
    state.readers++;
    state.usedAt = ++this.#clock;
    const release = () => {
      state.readers--;
      this.#clearUnread(state);
    };
    return { path: pathOf(state.descriptor), release, drop: () => this.#drop(state) };
  }

  /** A file for the state after an answer of at most so many tokens in all; null where it is too short or too large to be worth it. */
  reserve(promptTokens: number, scope: string): StateToSave | null {
    if (promptTokens < minTokens || promptTokens * this.#bytesPerToken > this.#budgetBytes / 2) return null;
    const descriptor = this.#free.pop() ?? openNameless(this.#folder);
    return {
      path: pathOf(descriptor),
      keep: () => this.#keep(descriptor, scope),
      discard: () => this.#clear(descriptor),
    };
  }

  close(): void {
    for (const state of this.#states) this.#drop(state);
    for (const descriptor of this.#free.splice(0)) closeSync(descriptor);
  }

  #keep(descriptor: number, scope: string): void {
    const bytes = fstatSync(descriptor).size;
    const tokens = readTokens(descriptor, bytes);
    if (tokens === null || bytes > this.#budgetBytes / 2) {
      if (tokens !== null) this.#bytesPerToken = bytes / tokens.length;
      this.#clear(descriptor);
      return;
    }
    this.#bytesPerToken = bytes / tokens.length;
    // What the new one begins with is of no more use.
    for (const state of this.#states) {
      if (state.scope === scope && sharedLength(state.tokens, tokens) === state.tokens.length) this.#drop(state);
    }
    this.#states.add({ descriptor, tokens, bytes, scope, usedAt: ++this.#clock, readers: 0, dropped: false });
    while (this.bytes > this.#budgetBytes || this.#states.size > maxStates) this.#dropOldest();
  }

  #dropOldest(): void {
    const [oldest] = [...this.#states].sort((a, b) => a.usedAt - b.usedAt);
    if (oldest) this.#drop(oldest);
  }

  #drop(state: SavedState): void {
    this.#states.delete(state);
    if (state.dropped) return;
    state.dropped = true;
    this.#clearUnread(state);
  }

  #clearUnread(state: SavedState): void {
    if (state.dropped && state.readers === 0) this.#clear(state.descriptor);
  }

  #clear(descriptor: number): void {
    ftruncateSync(descriptor);
    this.#free.push(descriptor);
  }
}

/** A file that has lost its name as soon as it has one. */
function openNameless(folder: string): number {
  const dir = mkdtempSync(join(folder, "hydra-prompts-"));
  try {
    return openSync(join(dir, "state"), "wx+", 0o600);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function pathOf(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

function readTokens(descriptor: number, bytes: number): Int32Array | null {
  const header = Buffer.alloc(headerBytes);
  if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes) return null;
  const count = header.readUInt32LE(8);
  if (count === 0 || headerBytes + count * 4 > bytes) return null;
  const tokens = new Int32Array(count);
  readSync(descriptor, new Uint8Array(tokens.buffer), 0, count * 4, headerBytes);
  return tokens;
}

function sharedLength(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
}
