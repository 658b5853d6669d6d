import { noParameters } from "../parameter-values.ts";
import { type Drafts, openDrafts, type Storage } from "./drafts.ts";
import { Session, type SessionAround } from "./session.ts";

/** The conversations of one user that this tab has open. */
export class Sessions {
  readonly userId: string;
  readonly drafts: Drafts;
  /** What the reader looked at last, to come back to from another page; null: a new one. */
  lastShown: string | null = null;
  #known = new Map<string, Session>();
  #fresh: Session | null = null;
  readonly #listReaders = new Set<() => void>();

  constructor(userId: string, storage: Storage) {
    this.userId = userId;
    this.drafts = openDrafts(storage, userId);
    this.untitled = "…";
  }

  /** What a conversation that begins with an image alone is called; in the reader's language. */
  untitled: string;

  /** The conversation of an id, or the new one for null. */
  open(id: string | null): Session {
    if (id === null) {
      const { accessName, values } = this.drafts.readSettings() ?? { accessName: "", values: noParameters };
      this.#fresh ??= new Session(null, { accessName, values: { ...noParameters, ...values } }, this.#around());
      return this.#fresh;
    }
    const known = this.#known.get(id);
    if (known) return known;
    const session = new Session(id, { accessName: "", values: noParameters }, this.#around());
    this.#known.set(id, session);
    void session.load();
    return session;
  }

  /** Forgets a deleted conversation, and ends what is being written in it. */
  forget(id: string): void {
    this.#known.get(id)?.stop();
    this.#known.delete(id);
    if (this.lastShown === id) this.lastShown = null;
    this.drafts.write(id, { text: "", images: [] });
  }

  /** Calls `reader` whenever the list of conversations may look different. */
  readonly onListChange = (reader: () => void): (() => void) => {
    this.#listReaders.add(reader);
    return () => this.#listReaders.delete(reader);
  };

  /** The page is being left: what is not kept yet is sent. */
  readonly lastWord = (): void => {
    for (const session of this.#known.values()) session.lastWord();
  };

  #around(): SessionAround {
    return {
      drafts: this.drafts,
      untitled: () => this.untitled,
      listChanged: () => {
        for (const reader of this.#listReaders) reader();
      },
      begun: (session) => {
        const { id } = session.snapshot();
        if (id !== null) this.#known.set(id, session);
        if (this.#fresh === session) this.#fresh = null;
      },
    };
  }
}

const nowhere: Storage = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
let current: Sessions | null = null;

/** The open conversations of the signed-in user; another user who signs in to this tab finds none. */
export function sessionsOf(userId: string): Sessions {
  if (current?.userId === userId) return current;
  current = new Sessions(userId, browserStorage());
  return current;
}

/** Some browsers forbid storage altogether: then drafts last as long as the tab. */
function browserStorage(): Storage {
  try {
    return window.localStorage;
  } catch {
    return nowhere;
  }
}
