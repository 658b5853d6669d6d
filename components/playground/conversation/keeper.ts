import * as z from "zod/mini";
import { ApiError, api } from "#components/ui/api.ts";
import {
  type ConversationSummary,
  conversationSummary,
  type createConversationInput,
  type SaveMessagesInput,
  type updateConversationInput,
} from "#lib/contracts/conversations.ts";
import { type Message, newId, toKept } from "./message.ts";

type NewConversation = Omit<z.input<typeof createConversationInput>, "id">;
export type ConversationChange = z.input<typeof updateConversationInput>;

const nothingBack = z.undefined();
const atOnce = 20;
const retryMs = [2_000, 5_000, 15_000, 30_000];
/** Browsers send no more than this of a page that is being left. */
const lastWordChars = 60_000;

interface KeeperEvents {
  /** What a conversation is begun with, when its first message is kept. */
  beginning(): NewConversation;
  begun(summary: ConversationSummary): void;
  /** Everything is kept. */
  kept(): void;
  /** Something is not; it is tried again by itself, and by {@link Keeper.retry}. */
  failed(error: ApiError): void;
}

/** Keeps one conversation on the server: changes wait in line, a failed one is tried again, and the same twice is harmless. */
export class Keeper {
  #id: string | null;
  /** Of the conversation that is being begun: however often it is tried, there is one. */
  #nextId = newId("cnv");
  readonly #events: KeeperEvents;
  #keep = new Map<string, Message>();
  #forget = new Set<string>();
  #change: ConversationChange = {};
  #running = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string | null, events: KeeperEvents) {
    this.#id = id;
    this.#events = events;
  }

  keep(...messages: Message[]): void {
    for (const message of messages) {
      this.#keep.set(message.id, message);
      this.#forget.delete(message.id);
    }
    void this.#run();
  }

  forget(...ids: string[]): void {
    for (const id of ids) {
      this.#keep.delete(id);
      this.#forget.add(id);
    }
    void this.#run();
  }

  /** Of a conversation that has not begun nothing need be changed: it begins with what is then in force. */
  change(change: ConversationChange): void {
    if (this.#id === null) return;
    this.#change = { ...this.#change, ...change };
    void this.#run();
  }

  retry(): void {
    clearTimeout(this.#timer);
    void this.#run();
  }

  /** Begins another conversation on the server, with these messages. */
  beginAgain(messages: Message[]): void {
    this.#id = null;
    this.#nextId = newId("cnv");
    this.#forget.clear();
    this.#change = {};
    this.keep(...messages);
  }

  /** The page is being left: sends what is not kept yet, without waiting. */
  lastWord(messages: Message[]): void {
    if (this.#id === null) return;
    const keep = [...new Map([...this.#keep, ...messages.map((message) => [message.id, message] as const)]).values()].map(toKept);
    if (keep.length > 0) send(`/api/conversations/${this.#id}/messages`, "POST", { keep, forget: [...this.#forget] });
    if (Object.keys(this.#change).length > 0) send(`/api/conversations/${this.#id}`, "PATCH", this.#change);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      while (this.#keep.size > 0 || this.#forget.size > 0 || Object.keys(this.#change).length > 0) await this.#step();
      this.#failures = 0;
      this.#events.kept();
    } catch (error) {
      const reason = error instanceof ApiError ? error : new ApiError(0, { code: "internal_error", message: String(error) });
      this.#events.failed(reason);
      const waitMs = retryMs[Math.min(this.#failures, retryMs.length - 1)];
      this.#failures += 1;
      // What was refused for good stays so until the reader does something.
      if (reason.status === 0 || reason.status >= 500) this.#timer = setTimeout(() => void this.#run(), waitMs);
    } finally {
      this.#running = false;
    }
  }

  async #step(): Promise<void> {
    const id = this.#id ?? (await this.#begin());
    const change = this.#change;
    if (Object.keys(change).length > 0) {
      await api({ path: `/api/conversations/${id}`, method: "PATCH", body: change, schema: nothingBack });
      if (this.#change === change) this.#change = {};
    }
    const keep = [...this.#keep.values()].slice(0, atOnce);
    const forget = [...this.#forget];
    if (keep.length === 0 && forget.length === 0) return;
    const body: SaveMessagesInput = { keep: keep.map(toKept), forget };
    await api({ path: `/api/conversations/${id}/messages`, method: "POST", body, schema: nothingBack });
    // What changed meanwhile is another object, and waits for the next round.
    for (const message of keep) if (this.#keep.get(message.id) === message) this.#keep.delete(message.id);
    for (const gone of forget) this.#forget.delete(gone);
  }

  async #begin(): Promise<string> {
    const body = { id: this.#nextId, ...this.#events.beginning() };
    const summary = await api({ path: "/api/conversations", method: "POST", body, schema: conversationSummary });
    this.#id = summary.id;
    this.#events.begun(summary);
    return summary.id;
  }
}

function send(path: string, method: string, value: unknown): void {
  const body = JSON.stringify(value);
  if (body.length > lastWordChars) return;
  void fetch(path, { method, body, headers: { "content-type": "application/json" }, keepalive: true }).catch(() => {});
}
