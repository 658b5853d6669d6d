import type { IncomingMessage, ServerResponse } from "node:http";

/** One request and its answer, as a route sees them. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Aborts when the client leaves before its answer is complete, and when a drain ends; the reason says which. */
  signal: AbortSignal;
  /** Adds to the line that is logged when the exchange ends. Never any text of a prompt or an answer. */
  note(fields: Record<string, string | number | boolean>): void;
}

export type Handle = (exchange: Exchange) => Promise<void>;

export interface Route {
  method: "GET" | "POST";
  path: string;
  access: "bearer" | "open";
  handle: Handle;
}

/** The client closed its connection; nobody is left to read an answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}
