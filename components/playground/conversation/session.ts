import { ApiError, api } from "#components/ui/api.ts";
import { conversationDetail } from "#lib/contracts/conversations.ts";
import type { SamplingParameters } from "#lib/contracts/trial.ts";
import { type ParameterValues, toParameters, toValues } from "../parameter-values.ts";
import { writeAnswer } from "./answer.ts";
import type { Drafts } from "./drafts.ts";
import { type ConversationChange, Keeper } from "./keeper.ts";
import { fromKept, type Message, newMessage, nextPosition, type Question, titleOf, toTrialMessages } from "./message.ts";

/** How a call is to be made, once what was typed is known to be right. */
export interface AskSettings {
  accessName: string;
  system: string;
  parameters: SamplingParameters;
}

export interface SessionState {
  /** Null until the server has it. */
  id: string | null;
  title: string;
  messages: Message[];
  /** The service to talk to; empty: none was chosen. */
  accessName: string;
  values: ParameterValues;
  /** Whether the server's copy is here: always for a new one. */
  loading: "loading" | "ready" | ApiError;
  /** Why the last change is not kept yet; null where all is. */
  unkept: ApiError | null;
}

export interface SessionAround {
  drafts: Drafts;
  /** What a conversation of images alone is called. */
  untitled: () => string;
  /** A list of conversations would look different now. */
  listChanged: () => void;
  begun: (session: Session) => void;
}

const autosaveMs = 5_000;
const settingsPauseMs = 600;

let made = 0;

/** One conversation, which lives outside of React: looking at another page neither loses it nor ends an answer. */
export class Session {
  /** Its name in this tab, from before it has an id. */
  readonly key = `session-${++made}`;
  #state: SessionState;
  readonly #around: SessionAround;
  readonly #keeper: Keeper;
  readonly #readers = new Set<() => void>();
  #running: { controller: AbortController; autosave: ReturnType<typeof setInterval> } | null = null;
  #settings: ConversationChange = {};
  #settingsTimer: ReturnType<typeof setTimeout> | undefined;
  /** Settings as the server would take them; set with each call. */
  #asked: AskSettings | null = null;
  /** Place of the drafts that holds a question which the server may not have yet. */
  #held: string | null = null;

  constructor(id: string | null, first: Pick<SessionState, "accessName" | "values">, around: SessionAround) {
    this.#state = { id, title: "", messages: [], loading: id === null ? "ready" : "loading", unkept: null, ...first };
    this.#around = around;
    this.#keeper = new Keeper(id, {
      beginning: () => this.#beginning(),
      begun: (summary) => {
        this.#set({ id: summary.id, title: summary.title });
        around.begun(this);
        around.listChanged();
      },
      kept: () => {
        if (this.#held !== null) around.drafts.release(this.#held);
        this.#held = null;
        if (this.#state.unkept) this.#set({ unkept: null });
        around.listChanged();
      },
      failed: (unkept) => this.#set({ unkept }),
    });
  }

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };
  readonly snapshot = (): SessionState => this.#state;

  /** Where what is typed for it is kept. */
  get place(): string {
    return this.#state.id ?? "new";
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const reader of this.#readers) reader();
  }

  async load(): Promise<void> {
    const { id } = this.#state;
    if (id === null) return;
    this.#set({ loading: "loading" });
    try {
      const kept = await api({ path: `/api/conversations/${encodeURIComponent(id)}`, schema: conversationDetail });
      const values = { ...toValues(kept.parameters), system: kept.systemPrompt };
      const { title, accessName } = kept;
      this.#set({ title, accessName, values, messages: kept.messages.map(fromKept), loading: "ready" });
    } catch (error) {
      this.#set({ loading: error instanceof ApiError ? error : new ApiError(0, { code: "internal_error", message: String(error) }) });
    }
  }

  setModel(accessName: string): void {
    this.#set({ accessName });
    this.#keepSettings({ accessName });
  }

  /** Values that are not `right` stay in the browser until they are. */
  setValues(values: ParameterValues, right: boolean): void {
    this.#set({ values });
    this.#keepSettings(right ? { systemPrompt: values.system.trim(), parameters: toParameters(values) } : {});
  }

  #keepSettings(change: ConversationChange): void {
    const { id, accessName, values } = this.#state;
    if (id === null) {
      this.#around.drafts.writeSettings({ accessName, values });
      return;
    }
    this.#settings = { ...this.#settings, ...change };
    clearTimeout(this.#settingsTimer);
    this.#settingsTimer = setTimeout(() => this.#sendSettings(), settingsPauseMs);
  }

  #sendSettings(): void {
    clearTimeout(this.#settingsTimer);
    if (Object.keys(this.#settings).length > 0) this.#keeper.change(this.#settings);
    this.#settings = {};
  }

  /** It was renamed in the list. */
  showTitle(title: string): void {
    this.#set({ title });
  }

  ask(question: Question, settings: AskSettings): void {
    if (this.busy) return;
    this.#held = this.place;
    this.#around.drafts.hold(this.#held, question);
    const asked = newMessage("user", nextPosition(this.#state.messages), { ...question, accessName: settings.accessName });
    this.#answer([...this.#state.messages, asked], settings);
    this.#keeper.keep(asked);
  }

  /** Asks a question again, as it is or changed; the answer and what follows go. */
  askAgain(id: string, settings: AskSettings, change: Partial<Question> = {}): void {
    const { messages } = this.#state;
    const index = messages.findIndex((message) => message.id === id);
    const old = messages[index];
    if (!old || this.busy) return;
    const question = { ...old, ...change };
    this.#keeper.forget(...messages.slice(index + 1).map((message) => message.id));
    this.#answer([...messages.slice(0, index), question], settings);
    this.#keeper.keep(question);
  }

  /** Asks a question again as if nothing had been said before. */
  askAlone(id: string, settings: AskSettings): void {
    const { messages } = this.#state;
    const question = messages.find((message) => message.id === id);
    if (!question || this.busy) return;
    this.remove(...messages.slice(messages.indexOf(question)).map((message) => message.id));
    this.clearContext();
    this.ask({ text: question.text, images: question.images }, settings);
  }

  #answer(before: Message[], settings: AskSettings): void {
    this.#asked = settings;
    const { accessName, system, parameters } = settings;
    const answer = newMessage("assistant", nextPosition(before), { accessName, state: "streaming" });
    const controller = new AbortController();
    const autosave = setInterval(() => this.#keepCurrent(answer.id), autosaveMs);
    const run = { controller, autosave };
    this.#running = run;
    this.#set({ messages: [...before, answer], accessName });
    this.#keeper.keep(answer);
    const input = { ...parameters, model: accessName, messages: toTrialMessages(system, before) };
    void writeAnswer(answer, input, controller.signal, {
      update: (news) => this.#replace(news),
      end: (news) => {
        clearInterval(autosave);
        if (this.#running === run) this.#running = null;
        if (this.#replace(news)) this.#keeper.keep(news);
      },
      settled: (news) => {
        if (this.#replace(news)) this.#keeper.keep(news);
      },
    });
  }

  #keepCurrent(id: string): void {
    const current = this.#state.messages.find((message) => message.id === id);
    if (current) this.#keeper.keep(current);
  }

  /** False where it was deleted meanwhile. */
  #replace(news: Message): boolean {
    const { messages } = this.#state;
    const index = messages.findLastIndex((message) => message.id === news.id);
    if (index === -1) return false;
    this.#set({ messages: messages.with(index, news) });
    return true;
  }

  stop(): void {
    this.#running?.controller.abort();
  }

  /** Takes messages away; the result puts them back. */
  remove(...ids: string[]): () => void {
    const before = this.#state.messages;
    const gone = before.filter((message) => ids.includes(message.id));
    if (gone.some((message) => message.state === "streaming")) this.stop();
    this.#set({ messages: before.filter((message) => !ids.includes(message.id)) });
    this.#keeper.forget(...gone.map((message) => message.id));
    return () => {
      const back = gone.filter((message) => message.state !== "streaming");
      const messages = [...this.#state.messages, ...back].sort((one, other) => one.position - other.position);
      this.#set({ messages });
      this.#keeper.keep(...back);
    };
  }

  /** From here on the model is not sent what stands above. */
  clearContext(): void {
    const marker = newMessage("clear", nextPosition(this.#state.messages));
    this.#set({ messages: [...this.#state.messages, marker] });
    this.#keeper.keep(marker);
  }

  /** Where the conversation was deleted meanwhile, in another tab say, it begins anew with all its messages. */
  retryKeeping(): void {
    if (this.#state.unkept?.code === "not_found") this.#keeper.beginAgain(this.#state.messages);
    else this.#keeper.retry();
  }

  /** The page is being left. */
  lastWord(): void {
    this.#sendSettings();
    this.#keeper.lastWord(this.#state.messages.filter((message) => message.state === "streaming"));
  }

  #beginning() {
    const { messages, accessName } = this.#state;
    const asked = this.#asked;
    return {
      title: titleOf(messages.find((message) => message.role === "user")?.text ?? "", this.#around.untitled()),
      accessName,
      systemPrompt: asked?.system ?? "",
      parameters: asked?.parameters ?? {},
    };
  }
}
