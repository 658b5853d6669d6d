import type { IncomingMessage, ServerResponse } from "node:http";

/** Who may call a wall, and what it says it has; a test changes it while the wall stands. */
export interface WallAccess {
  /** Bearer that it asks for; null: none. */
  key: string | null;
  /** What `GET …/models` lists. */
  models: string[];
  /** Answers every GET with this status instead. */
  status: number | null;
  /** GETs that came, by path. */
  asked: string[];
}

export function openAccess(): WallAccess {
  return { key: null, models: ["its own"], status: null, asked: [] };
}

/** Whether the caller may go on; else it has had its 401, which repeats the key as careless vendors do. */
export function admits(access: WallAccess, request: IncomingMessage, response: ServerResponse): boolean {
  const shown = request.headers.authorization ?? "";
  if (access.key === null || shown === `Bearer ${access.key}`) return true;
  const message = `Incorrect API key provided: ${shown.replace("Bearer ", "")}`;
  response
    .writeHead(401, { "content-type": "application/json" })
    .end(JSON.stringify({ error: { message, code: "invalid_api_key", param: shown } }));
  return false;
}

/** Answers `GET …/models`, and any other GET with 200. */
export function answerGet(access: WallAccess, request: IncomingMessage, response: ServerResponse): void {
  access.asked.push(request.url ?? "");
  if (access.status !== null) {
    response.writeHead(access.status, { location: "/elsewhere", "content-type": "application/json" }).end("{}");
    return;
  }
  const isList = request.url?.endsWith("/models");
  const data = access.models.map((id) => ({ id, object: "model" }));
  response.writeHead(200, { "content-type": "application/json" }).end(isList ? JSON.stringify({ object: "list", data }) : "ok");
}
