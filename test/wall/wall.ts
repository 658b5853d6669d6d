import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { admits, answerGet, openAccess, type WallAccess } from "./access.ts";
import { type WallEvent, wallEvents } from "./events.ts";
import { readScript, type WallScript, type WallScriptInput, wallScript } from "./script.ts";

/** What the gateway sent, as far as the wall reads it. */
export interface WallBody {
  model?: unknown;
  messages?: { content?: unknown }[];
  stream_options?: { continuous_usage_stats?: unknown };
  [member: string]: unknown;
}

/** One call as the wall saw it. */
export interface WallCall {
  requestId: string;
  path: string;
  authorization: string;
  body: WallBody;
  promptTokens: number;
  /** Tokens written to the connection. */
  emitted: number;
  /** Milliseconds since 1970 at which the connection ended before the answer did; null where it did not. */
  closedByPeerAt: number | null;
}

export interface Wall {
  url: string;
  calls: WallCall[];
  access: WallAccess;
  /** The call of a request id, or the latest one. */
  call(requestId?: string): WallCall;
  close(): Promise<void>;
}

const neverEnding = Buffer.alloc(256 * 1024, "x");
/** A picture of one pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A scripted upstream: an OpenAI-compatible server that fails as told, numbers its tokens and logs what it emitted. */
export async function startWall(options: { script?: WallScriptInput; port?: number } = {}): Promise<Wall> {
  const calls: WallCall[] = [];
  const uses = new Map<string, number>();
  const standing = options.script ? wallScript.parse(options.script) : null;
  const access = openAccess();

  const server = createServer(async (request, response) => {
    if (request.method === "GET") {
      if (admits(access, request, response)) answerGet(access, request, response);
      return;
    }
    const chosen = await readCall(request, standing);
    calls.push(chosen.call);
    if (calls.length > 40_000) calls.splice(0, 20_000);
    response.on("close", () => {
      if (!response.writableFinished) chosen.call.closedByPeerAt = Date.now();
    });
    if (!admits(access, request, response)) return;
    await play(spent(chosen.script, uses), chosen.call, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    access,
    call(requestId) {
      const found = requestId ? calls.findLast((call) => call.requestId === requestId) : calls.at(-1);
      if (!found) throw new Error(`the wall has seen no call ${requestId ?? ""}`);
      return found;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage, standing: WallScript | null): Promise<{ script: WallScript; call: WallCall }> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body: WallBody = JSON.parse(Buffer.concat(pieces).toString("utf8"));
  const prompt = String(body.messages?.at(-1)?.content ?? body.prompt ?? [body.input].flat()[0] ?? "");
  return {
    script: standing ?? readScript(prompt) ?? wallScript.parse({}),
    call: {
      requestId: String(request.headers["x-request-id"] ?? ""),
      path: request.url ?? "",
      authorization: String(request.headers.authorization ?? ""),
      body,
      promptTokens: prompt.split(/\s+/).length,
      emitted: 0,
      closedByPeerAt: null,
    },
  };
}

/** The script without its fault once it has struck as often as told. */
function spent(script: WallScript, uses: Map<string, number>): WallScript {
  if (script.times === undefined) return script;
  const used = uses.get(script.key) ?? 0;
  uses.set(script.key, used + 1);
  return used < script.times ? script : { ...script, fault: "none" };
}

async function play(script: WallScript, call: WallCall, response: ServerResponse): Promise<void> {
  if (script.fault === "hang") return;
  if (script.fault === "status") return sendStatus(script, response);
  if (script.fault === "html") {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>welcome</html>");
    return;
  }
  if (!call.path.endsWith("/chat/completions")) return sendWhole(script, call, response);
  const continuousUsage = script.usage && call.body.stream_options?.continuous_usage_stats === true;
  const choices = Number(call.body.n ?? 1);
  const events = wallEvents(script, { model: String(call.body.model), promptTokens: call.promptTokens, continuousUsage, choices });
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (script.splitAt !== undefined || script.fault === "cut_character") return writePieces(script, call, events, response);
  await writeEvents(script, call, events, response);
}

/** Embeddings and images: an answer in one piece, after the script's delay. */
async function sendWhole(script: WallScript, call: WallCall, response: ServerResponse): Promise<void> {
  if (script.delayMs > 0) await sleep(script.delayMs);
  if (script.fault === "malformed" || script.fault === "error_event") {
    const text = script.fault === "malformed" ? '{"data": [}BAD' : JSON.stringify({ error: { message: script.message } });
    response.writeHead(200, { "content-type": "application/json" }).end(text);
    return;
  }
  const { input, n } = call.body;
  const many = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
  const answer = call.path.endsWith("/embeddings")
    ? { object: "list", data: Array.from({ length: many }, (_, index) => ({ object: "embedding", index, embedding: [0.5, -0.5] })) }
    : { created: 1, data: Array.from({ length: script.images ?? Number(n ?? 1) }, () => ({ b64_json: png })) };
  const usage = script.usage ? { usage: { prompt_tokens: call.promptTokens, total_tokens: call.promptTokens } } : {};
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ ...answer, model: "its own", wall_extra: true, ...usage }));
}

function sendStatus(script: WallScript, response: ServerResponse): void {
  const headers = { "content-type": "application/json", ...(script.retryAfter ? { "retry-after": script.retryAfter } : {}) };
  response.writeHead(script.status, headers).end(JSON.stringify({ error: { message: script.message } }));
}

async function writeEvents(script: WallScript, call: WallCall, events: WallEvent[], response: ServerResponse): Promise<void> {
  const strikes = !["none", "no_done"].includes(script.fault);
  for (const event of events) {
    if (strikes && call.emitted >= script.after && (event.tokens > 0 || call.emitted > 0)) return strike(script, response);
    if (response.destroyed) return;
    if (event.tokens > 0 && script.delayMs > 0) await sleep(script.delayMs);
    if (script.fault === "no_done" && event === events.at(-1)) return;
    const room = response.write(event.bytes);
    call.emitted += event.tokens;
    if (!room) await untilDrained(response);
  }
  response.end();
}

function untilDrained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    if (response.destroyed) resolve();
    else response.on("drain", done).on("close", done);
  });
}

async function strike(script: WallScript, response: ServerResponse): Promise<void> {
  // What was written before goes out before the fault does.
  await sleep(20);
  if (script.fault === "reset") response.destroy();
  if (script.fault === "end") response.end();
  if (script.fault === "malformed") response.write('data: {"choices": [}BAD\n\n');
  if (script.fault === "error_event") response.write(`data: ${JSON.stringify({ error: { message: script.message, code: 500 } })}\n\n`);
  if (script.fault === "long_line") {
    response.write("data: ");
    for (let written = 0; written < 256 && !response.destroyed; written++) {
      if (!response.write(neverEnding)) await untilDrained(response);
    }
  }
}

/** The whole answer in two packets, cut at any byte; or without its end, cut inside the last character of the last token. */
async function writePieces(script: WallScript, call: WallCall, events: WallEvent[], response: ServerResponse): Promise<void> {
  const upTo = script.fault === "cut_character" ? events.filter((event) => event.tokens > 0) : events;
  let bytes = Buffer.concat(upTo.map((event) => event.bytes));
  if (script.fault === "cut_character") {
    let last = bytes.length - 1;
    while ((bytes[last] ?? 0) < 0x80) last--;
    bytes = bytes.subarray(0, last);
  }
  const at = Math.min(script.splitAt ?? bytes.length, bytes.length);
  response.write(bytes.subarray(0, at));
  await sleep(2);
  call.emitted = upTo.reduce((sum, event) => sum + event.tokens, 0);
  response.end(bytes.subarray(at));
}
