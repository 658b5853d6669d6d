import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";

/** What belongs to one connection and is not passed on (RFC 9110, 7.6.1), and what is ours to say. */
const ownHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  "authorization",
]);

export interface ForwardTarget {
  port: number;
  /** The bearer that the program demands. */
  key: string;
}

/** Passes a call on to the program and its answer back as it comes; either side that leaves ends the other. */
export function forward(from: IncomingMessage, to: ServerResponse, { port, key }: ForwardTarget): void {
  const headers = { ...passed(from.headers), host: `127.0.0.1:${port}`, authorization: `Bearer ${key}` };
  const call = request({ host: "127.0.0.1", port, method: from.method, path: from.url, headers });
  call.on("response", (answer) => {
    to.writeHead(answer.statusCode ?? 502, passed(answer.headers));
    // Its error has told both ends already.
    pipeline(answer, to, () => {});
  });
  call.on("error", () => {
    if (to.headersSent) to.destroy();
    else sendError(to, 503, "The model server does not answer.");
  });
  to.on("close", () => call.destroy());
  pipeline(from, call, () => {});
}

/** An error in OpenAI's form. */
export function sendError(to: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({
    error: { message, type: status === 401 ? "invalid_request_error" : "server_error", param: null, code: null },
  });
  to.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}

function passed(headers: NodeJS.Dict<string | string[]>): NodeJS.Dict<string | string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)));
}
