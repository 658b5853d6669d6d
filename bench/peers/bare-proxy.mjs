import { createServer } from "node:http";
import { Pool } from "undici";

/**
 * The least that a proxy in Node can be: it reads the whole request, sends it on, and returns the whole answer, and
 * checks, counts and records nothing. What ours costs beyond it is ours; what it costs itself is Node's.
 * usage: bare-proxy.mjs PORT UPSTREAM_PORT
 */
const [port, upstreamPort] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 256, pipelining: 1 });

createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => send(Buffer.concat(pieces), response));
}).listen(port, "127.0.0.1");

function send(body, response) {
  const pieces = [];
  pool.dispatch(
    { path: "/v1/chat/completions", method: "POST", headers: ["content-type", "application/json"], body },
    {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData: (_, piece) => pieces.push(piece),
      onResponseEnd() {
        const text = Buffer.concat(pieces).toString();
        response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
        response.end(text);
      },
      onResponseError: () => response.destroy(),
    },
  );
}
