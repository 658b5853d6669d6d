import { type LiveTopic, liveBeatMs, liveMessage } from "#lib/contracts/live.ts";

/** Part of a page that shows one of the topics. */
export interface Follower {
  topics: readonly LiveTopic[];
  /** Something of it may have changed. */
  read(): void;
}

/** A stream that says nothing for so long is dead, whatever the connection looks like. */
const silenceMs = liveBeatMs * 2.5;
const retryMs = [1_000, 2_000, 5_000, 15_000, 30_000];
/** From one page to the next the stream stays open. */
const lingerMs = 1_000;

/**
 * The one event stream of this tab. Open while the tab is visible and something follows it: a browser has six connections to
 * a server, and a tab that nobody sees must hold none of them.
 */
export class LiveStream {
  readonly #followers = new Set<Follower>();
  readonly #watchers = new Set<() => void>();
  #source: EventSource | null = null;
  #live = false;
  #heardAt = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  /** Whether every change is told. */
  readonly isLive = (): boolean => this.#live;
  /** When the server last said that nothing else has changed, in milliseconds; 0: never. */
  readonly heardAt = (): number => this.#heardAt;

  /** Calls `onChange` when {@link isLive} or {@link heardAt} tell something else. */
  readonly watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  };

  /** Has the follower read now, where the stream is open already, then at each change of its topics, until the returned function is called. */
  follow(follower: Follower): () => void {
    if (this.#followers.size === 0) {
      document.addEventListener("visibilitychange", this.#tune);
      window.addEventListener("online", this.#tune);
    }
    this.#followers.add(follower);
    clearTimeout(this.#linger);
    this.#tune();
    // What has changed since the page was made was told to others.
    if (this.#live) follower.read();
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size > 0) return;
      document.removeEventListener("visibilitychange", this.#tune);
      window.removeEventListener("online", this.#tune);
      this.#linger = setTimeout(() => this.#close(), lingerMs);
    };
  }

  /** Opens or closes it, as the tab now needs. */
  readonly #tune = (): void => {
    if (document.visibilityState !== "visible") this.#close();
    else if (!this.#source) this.#open();
  };

  #open(): void {
    clearTimeout(this.#retry);
    const source = new EventSource("/api/events");
    this.#source = source;
    source.onmessage = ({ data }: MessageEvent<string>) => this.#hear(data);
    source.onerror = () => this.#fail();
    this.#expect();
  }

  #close(): void {
    this.#end();
    this.#failures = 0;
  }

  #end(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
    this.#turn(false);
  }

  /** The browser's own next try is replaced by ours: it gives up after a refusal, and knows no pauses that grow. */
  #fail(): void {
    this.#end();
    const waitMs = retryMs[Math.min(this.#failures, retryMs.length - 1)] ?? 0;
    this.#failures += 1;
    // Many tabs lose one server at the same moment.
    this.#retry = setTimeout(this.#tune, waitMs * (0.75 + Math.random() / 2));
  }

  #expect(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#fail(), silenceMs);
  }

  #hear(data: string): void {
    this.#expect();
    const message = liveMessage.safeParse(JSON.parse(data)).data;
    if (message?.kind === "lost") this.#turn(false);
    if (message?.kind === "ready") {
      this.#failures = 0;
      this.#turn(true);
      for (const follower of this.#followers) follower.read();
    }
    if (message?.kind === "changed") {
      for (const follower of this.#followers) if (follower.topics.some((topic) => message.topics.includes(topic))) follower.read();
    }
    if (!this.#live) return;
    this.#heardAt = Date.now();
    this.#announce();
  }

  #turn(live: boolean): void {
    if (this.#live === live) return;
    this.#live = live;
    this.#announce();
  }

  #announce(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
