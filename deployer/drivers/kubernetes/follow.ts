import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ClusterError, type ClusterObject } from "./cluster.ts";

const retryMs = { first: 200, most: 5_000 };

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string };
  items?: T[];
}

interface WatchEvent<T> {
  type: string;
  object: T;
}

/** Follows the objects of one kind that carry our marks: lists them once, then hears of each change. */
export class Follower<T extends ClusterObject> {
  readonly #cluster: Cluster;
  readonly #path: string;
  readonly #selector: string;
  readonly #onChange: (object: T) => void;
  readonly #objects = new Map<string, T>();
  /** Uids of what was deleted here, until the deletion comes back: earlier changes on their way must not revive it. */
  readonly #deleted = new Set<string>();
  readonly #closing = new AbortController();
  #interrupt = new AbortController();
  #version = "";
  /** The last failure; null while all is heard. */
  trouble: Error | null = null;
  synced = false;

  constructor(cluster: Cluster, path: string, selector: string, onChange: (object: T) => void) {
    this.#cluster = cluster;
    this.#path = path;
    this.#selector = selector;
    this.#onChange = onChange;
    void this.#run();
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  get(name: string): T | null {
    return this.#objects.get(name) ?? null;
  }

  /** Takes in what an answer has told already; its change comes later. */
  put(object: T): void {
    const { name = "", uid = "" } = object.metadata ?? {};
    if (!this.#deleted.has(uid) && isNewer(object, this.#objects.get(name))) this.#objects.set(name, object);
  }

  /** It has been deleted here: what depends on it may be told of before it is. */
  forget(object: T): void {
    this.#deleted.add(object.metadata?.uid ?? "");
    this.#remove(object);
  }

  /** The connection is found dead: begin anew. */
  interrupt(error: Error): void {
    this.trouble = error;
    this.#interrupt.abort(error);
  }

  close(): void {
    this.#closing.abort();
    this.#interrupt.abort();
  }

  async #run(): Promise<void> {
    let pauseMs = retryMs.first;
    while (!this.#closing.signal.aborted) {
      this.#interrupt = new AbortController();
      try {
        if (!this.#version) await this.#listAll();
        await this.#watch(() => {
          this.trouble = null;
          this.synced = true;
          pauseMs = retryMs.first;
        });
      } catch (error) {
        // 410: what came after that version is no longer kept, so that everything is listed again.
        if (error instanceof ClusterError && error.status === 410) this.#version = "";
        else this.trouble = error as Error;
        await sleep(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, retryMs.most);
      }
    }
  }

  async #listAll(): Promise<void> {
    // Version 0 would be the API server's memory, which may be older than what was applied a moment ago.
    const answer = (await this.#cluster.get(this.#path, { labelSelector: this.#selector })) as ListAnswer<T>;
    const items = answer.items ?? [];
    this.#deleted.clear();
    const names = new Set(items.map((item) => item.metadata?.name));
    const vanished = [...this.#objects].filter(([name]) => !names.has(name));
    for (const [name, object] of vanished) {
      this.#objects.delete(name);
      this.#onChange(object);
    }
    for (const item of items) this.#take(item);
    this.#version = answer.metadata?.resourceVersion ?? "";
  }

  async #watch(onOpen: () => void): Promise<void> {
    const query = { watch: "true", labelSelector: this.#selector, resourceVersion: this.#version, allowWatchBookmarks: "true" };
    for await (const line of this.#cluster.lines(this.#path, query, this.#interrupt.signal, onOpen)) {
      const { type, object } = JSON.parse(line) as WatchEvent<T & { code?: number; message?: string }>;
      if (type === "ERROR") throw new ClusterError(object.code ?? 500, object.message ?? "the watch ended");
      this.#version = object.metadata?.resourceVersion ?? this.#version;
      if (type === "DELETED") this.#drop(object);
      else if (type !== "BOOKMARK") this.#take(object);
    }
  }

  #take(object: T): void {
    this.put(object);
    this.#onChange(object);
  }

  #drop(object: T): void {
    this.#deleted.delete(object.metadata?.uid ?? "");
    this.#remove(object);
    this.#onChange(object);
  }

  /** One of the same name may have been made since. */
  #remove({ metadata }: T): void {
    const name = metadata?.name ?? "";
    if (this.#objects.get(name)?.metadata?.uid === metadata?.uid) this.#objects.delete(name);
  }
}

/** What was applied here may be known before older changes have come through the watch. */
function isNewer(one: ClusterObject, known: ClusterObject | undefined): boolean {
  const [a, b] = [one.metadata?.resourceVersion, known?.metadata?.resourceVersion];
  return a === undefined || b === undefined || !/^\d+$/.test(a) || !/^\d+$/.test(b) || BigInt(a) >= BigInt(b);
}
