import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ApiError } from "#components/ui/api.ts";
import type { KeptMessage, SaveMessagesInput } from "#lib/contracts/conversations.ts";
import { type ConversationChange, Keeper } from "./keeper.ts";
import { type Message, newMessage } from "./message.ts";

/** What reached the console, and what it then holds. `answers` are taken one by one; without any, all goes well. */
interface Console {
  sent: { method: string; path: string; body: unknown; keepalive: boolean }[];
  kept: Map<string, KeptMessage>;
  changes: ConversationChange;
  answers: ("lost" | "answer lost" | number)[];
  /** A request waits here until it is called. */
  hold: Promise<void> | null;
}

let server: Console;
let told: { begun: string[]; kept: number; failed: ApiError[] };
const message = (text: string, position = 0): Message => newMessage("user", position, { text });

beforeEach(() => {
  vi.useFakeTimers();
  server = { sent: [], kept: new Map(), changes: {}, answers: [], hold: null };
  told = { begun: [], kept: 0, failed: [] };
  vi.stubGlobal("fetch", answer);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function answer(path: string, { method = "GET", body, keepalive = false }: RequestInit): Promise<Response> {
  const read: unknown = JSON.parse(String(body));
  server.sent.push({ method, path, body: read, keepalive });
  await server.hold;
  const how = server.answers.shift();
  if (how === "lost") throw new TypeError("fetch failed");
  if (typeof how === "number") {
    const code = { 404: "not_found", 409: "conflict" }[how] ?? "internal_error";
    return Response.json({ error: { code, message: "no", param: null, data: {}, requestId: "req_1" } }, { status: how });
  }
  if (method === "PATCH") Object.assign(server.changes, read);
  if (path.endsWith("/messages")) {
    const { keep = [], forget = [] } = read as SaveMessagesInput;
    for (const one of keep) server.kept.set(one.id, one as KeptMessage);
    for (const gone of forget) server.kept.delete(gone);
  }
  if (how === "answer lost") throw new TypeError("fetch failed");
  if (path !== "/api/conversations") return new Response(null, { status: 204 });
  const now = new Date().toISOString();
  const { id, title, accessName } = read as { id: string; title: string; accessName: string };
  return Response.json({ id, title, accessName, createdAt: now, updatedAt: now, excerpt: null });
}

function keeper(id: string | null): Keeper {
  return new Keeper(id, {
    beginning: () => ({ title: "Begun", accessName: "public/hydra-tiny" }),
    begun: (summary) => told.begun.push(summary.id),
    kept: () => {
      told.kept += 1;
    },
    failed: (error) => told.failed.push(error),
  });
}

/** Keeps requests waiting until the result is called. */
function held(): () => void {
  let go = () => {};
  server.hold = new Promise((resolve) => {
    go = resolve;
  });
  return () => go();
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const texts = () => [...server.kept.values()].map(({ text }) => text);
const requests = () => server.sent.map(({ method, path }) => `${method} ${path}`);

test("a conversation begins with its first message, and once", async () => {
  const kept = keeper(null);
  kept.change({ accessName: "public/other" });
  kept.keep(message("one"));
  kept.keep(message("two", 1));
  await settled();
  expect(requests()).toEqual(["POST /api/conversations", `POST /api/conversations/${told.begun[0]}/messages`]);
  expect([texts(), told.begun, told.kept]).toEqual([["one", "two"], [expect.stringMatching(/^cnv_[0-9a-f]{32}$/)], 1]);
});

test("a conversation whose beginning got lost on the way back is begun again as the same one", async () => {
  const kept = keeper(null);
  server.answers = ["answer lost", "lost"];
  kept.keep(message("one"));
  await settled();
  await vi.advanceTimersByTimeAsync(60_000);
  const begun = server.sent.filter(({ path }) => path === "/api/conversations").map(({ body }) => (body as { id: string }).id);
  expect(begun).toHaveLength(3);
  expect(new Set(begun)).toEqual(new Set(told.begun));
  expect(texts()).toEqual(["one"]);
});

test("what changes while it is being sent is sent again, and the last state stands", async () => {
  const kept = keeper("cnv_1");
  const answer = message("half");
  let go = held();
  kept.keep(answer);
  kept.keep({ ...answer, text: "whole" });
  kept.change({ accessName: "public/a" });
  await settled();
  expect(server.sent).toHaveLength(1);
  go();
  await settled();
  go = held();
  kept.change({ accessName: "public/b" });
  kept.change({ systemPrompt: "Be kind." });
  go();
  await settled();
  expect([texts(), server.changes]).toEqual([["whole"], { accessName: "public/b", systemPrompt: "Be kind." }]);
  expect(told.kept).toBe(2);
});

test("a lost connection is told, and tried again by itself, ever more seldom", async () => {
  const kept = keeper("cnv_1");
  server.answers = ["lost", 500, "lost"];
  kept.keep(message("one"));
  await settled();
  expect(told.failed.map(({ code }) => code)).toEqual(["network"]);
  await vi.advanceTimersByTimeAsync(2_000);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(told.failed.map(({ code }) => code)).toEqual(["network", "internal_error"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told.failed).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(15_000);
  expect([texts(), told.kept]).toEqual([["one"], 1]);
  server.answers = ["lost"];
  kept.keep(message("two", 1));
  await settled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(texts()).toEqual(["one", "two"]);
});

test("the reader's own try does not wait, and what was kept though its answer was lost is there once", async () => {
  const kept = keeper("cnv_1");
  server.answers = ["answer lost"];
  kept.keep(message("one"));
  await settled();
  kept.retry();
  await settled();
  expect([texts(), server.sent.length, told.kept]).toEqual([["one"], 2, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sent).toHaveLength(2);
});

test("what was refused for good waits for the reader; a conversation that is gone begins anew, whole", async () => {
  const kept = keeper("cnv_gone");
  server.answers = [404];
  const [one, two] = [message("one"), message("two", 1)];
  kept.keep(two);
  kept.forget("msg_of_before");
  await settled();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([server.sent.length, told.failed.map(({ code }) => code)]).toEqual([1, ["not_found"]]);
  kept.beginAgain([one, two]);
  await settled();
  expect(texts().sort()).toEqual(["one", "two"]);
  expect(server.sent.at(-1)).toMatchObject({ path: `/api/conversations/${told.begun[0]}/messages`, body: { forget: [] } });
});

test("deleted and brought back: the last word of the two holds", async () => {
  const kept = keeper("cnv_1");
  const one = message("one");
  kept.keep(one);
  kept.forget(one.id);
  await settled();
  expect(texts()).toEqual([]);
  const go = held();
  kept.keep(message("two", 1));
  kept.forget(one.id);
  kept.keep(one);
  go();
  await settled();
  expect(texts()).toEqual(["two", "one"]);
});

test("many messages go in parts that the console takes", async () => {
  keeper("cnv_1").keep(...Array.from({ length: 45 }, (_, index) => message(`m${index}`, index)));
  await settled();
  expect(server.sent.map(({ body }) => (body as SaveMessagesInput).keep?.length)).toEqual([20, 20, 5]);
  expect(server.kept.size).toBe(45);
});

test("a page that is left sends what is not kept, as far as browsers do", async () => {
  const kept = keeper("cnv_1");
  server.answers = ["lost"];
  kept.keep(message("unsent"));
  await settled();
  server.sent = [];
  const streaming = newMessage("assistant", 1, { text: "so far", state: "streaming" });
  kept.lastWord([streaming]);
  await settled();
  expect(server.sent).toMatchObject([{ path: "/api/conversations/cnv_1/messages", keepalive: true }]);
  expect([...server.kept.values()].map(({ text, state }) => [text, state])).toEqual([
    ["unsent", "complete"],
    ["so far", "stopped"],
  ]);
  server.sent = [];
  kept.lastWord([newMessage("assistant", 2, { text: "x".repeat(70_000), state: "streaming" })]);
  keeper(null).lastWord([streaming]);
  await settled();
  expect(server.sent).toEqual([]);
});
