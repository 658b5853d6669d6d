import type { LiveMessage } from "#lib/contracts/live.ts";
import { type FollowTimes, followPageChanges, type PageChange } from "#lib/db/page-changes.ts";
import { paced } from "./paced.ts";

/** One tab that listens. */
export interface LiveListener {
  /** It is told of changes that this workspace may see, and of no others. */
  workspaceId: string;
  send(message: LiveMessage): void;
  /** The hub closes: nothing more will be sent. */
  end(): void;
}

export interface LiveHubOptions {
  /** A connection that is no transaction pooler's. */
  url: string;
  onError(error: unknown): void;
  times?: FollowTimes;
}

/** Between two messages to one listener, however much changes. */
const paceMs = 500;

type Member = LiveListener & { pace: ReturnType<typeof paced> };

/** Tells every open tab of this process what changes, over one connection to the database that the first of them opens. */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #members = new Map<string, Set<Member>>();
  #stop: (() => void) | null = null;
  #ready = false;
  #closed = false;

  constructor(options: LiveHubOptions) {
    this.#options = options;
  }

  /** How many listen. */
  get size(): number {
    return this.#all().length;
  }

  /** Adds a listener and tells it at once where it stands. The returned function takes it out. */
  join(listener: LiveListener): () => void {
    if (this.#closed) {
      listener.end();
      return () => {};
    }
    const member: Member = { ...listener, pace: paced((topics) => listener.send({ kind: "changed", topics }), paceMs) };
    const group = this.#members.get(listener.workspaceId) ?? new Set();
    this.#members.set(listener.workspaceId, group.add(member));
    this.#stop ??= this.#follow();
    listener.send({ kind: this.#ready ? "ready" : "lost" });
    return () => {
      member.pace.end();
      group.delete(member);
      if (group.size === 0 && this.#members.get(listener.workspaceId) === group) this.#members.delete(listener.workspaceId);
    };
  }

  /** Ends every listener, and takes no more. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
    for (const member of this.#all()) {
      member.pace.end();
      member.end();
    }
    this.#members.clear();
  }

  #follow(): () => void {
    const { url, onError, times } = this.#options;
    const events = {
      ready: () => this.#turn(true),
      lost: () => this.#turn(false),
      changed: (change: PageChange) => this.#tell(change),
      failed: onError,
    };
    return followPageChanges(url, events, times);
  }

  #turn(ready: boolean): void {
    this.#ready = ready;
    for (const member of this.#all()) member.send({ kind: ready ? "ready" : "lost" });
  }

  #tell({ workspaceId, topic }: PageChange): void {
    const told = workspaceId === null ? this.#all() : (this.#members.get(workspaceId) ?? []);
    for (const { pace } of told) pace.add(topic);
  }

  #all(): Member[] {
    return [...this.#members.values()].flatMap((group) => [...group]);
  }
}
