import type { ParameterValues } from "../parameter-values.ts";
import type { Question } from "./message.ts";

/**
 * What was typed and not sent, kept in the browser so that a reload, a crash or a lost connection loses nothing. A
 * question that was sent is held until the server has it.
 */
export interface Drafts {
  /** What stands in the field of `place`: what was typed, else a question whose saving nobody has confirmed. */
  read(place: string): Question;
  write(place: string, draft: Question): void;
  /** Keeps a question that is being sent, until {@link release}. */
  hold(place: string, question: Question): void;
  release(place: string): void;
  readSettings(): NewSettings | null;
  writeSettings(settings: NewSettings): void;
}

/** How the next new conversation is to be held. */
export interface NewSettings {
  accessName: string;
  values: ParameterValues;
}

/** The browser's storage, or what stands for it in a test. */
export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

const nothing: Question = { text: "", images: [] };

/** The drafts of one user: another who signs in to the same browser sees none of them. */
export function openDrafts(storage: Storage, userId: string): Drafts {
  const name = (place: string) => `hydra-playground:${userId}:${place}`;
  const held = (place: string) => name(`${place}:sending`);
  // Held by this tab: it will be safe soon, or the conversation shows it. Only another page that opens later needs it.
  const holding = new Set<string>();
  const put = (key: string, question: Question) => {
    if (question.text === "" && question.images.length === 0) return storage.removeItem(key);
    // Storage is small: where the images do not fit, the words must.
    if (!tryToSet(storage, key, question)) tryToSet(storage, key, { text: question.text, images: [] });
  };
  return {
    read(place) {
      const waiting = holding.has(place) ? null : readQuestion(storage, held(place));
      return readQuestion(storage, name(place)) ?? waiting ?? nothing;
    },
    write: (place, draft) => put(name(place), draft),
    hold(place, question) {
      const before = readQuestion(storage, held(place));
      holding.add(place);
      put(held(place), before ? { text: `${before.text}\n\n${question.text}`, images: [...before.images, ...question.images] } : question);
    },
    release(place) {
      holding.delete(place);
      storage.removeItem(held(place));
    },
    readSettings() {
      const kept = readJson(storage, name("settings")) as NewSettings | null;
      return kept && typeof kept.accessName === "string" && typeof kept.values === "object" ? kept : null;
    },
    writeSettings: (settings) => void tryToSet(storage, name("settings"), settings),
  };
}

function readQuestion(storage: Storage, key: string): Question | null {
  const kept = readJson(storage, key) as Partial<Question> | null;
  if (!kept || typeof kept.text !== "string" || !Array.isArray(kept.images)) return null;
  return { text: kept.text, images: kept.images.filter((image) => typeof image === "string" && image.startsWith("data:image/")) };
}

function readJson(storage: Storage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function tryToSet(storage: Storage, key: string, value: unknown): boolean {
  try {
    storage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
