import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { UpstreamAgent } from "./agent.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A server that does with each request's bytes what it is told; `sockets` in the order they came. */
async function serve(onBytes: (socket: Socket, text: string, count: number) => void): Promise<{ origin: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    let count = 0;
    socket.on("error", () => {});
    socket.on("data", (bytes) => onBytes(socket, bytes.toString(), ++count));
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

function agent(): UpstreamAgent {
  const made = new UpstreamAgent({ connectMs: 300 });
  open.push({ close: () => void made.end() });
  return made;
}

function post(upstream: UpstreamAgent, origin: string, headers: string[] = [], path = "/x"): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = "";
    upstream.dispatch(
      { origin, path, method: "POST", headers, body: '{"text":"世界"}' },
      {
        onRequestStart() {},
        onResponseStart(_, status) {
          body += `${status} `;
        },
        onResponseData(_, piece) {
          body += piece.toString();
        },
        onResponseEnd: () => resolve(body),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

const ok = (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

test("a request is whole, and its connection carries the next one", async () => {
  let first = "";
  const { origin, sockets } = await serve((socket, text) => {
    first ||= text;
    ok(socket);
  });
  const upstream = agent();
  for (let turn = 0; turn < 3; turn++) expect(await post(upstream, origin, ["x-a", "1"])).toBe("200 ok");
  expect(sockets.length).toBe(1);
  const host = origin.slice("http://".length);
  expect(first).toBe(`POST /x HTTP/1.1\r\nhost: ${host}\r\nx-a: 1\r\ncontent-length: 17\r\n\r\n{"text":"世界"}`);
});

test("parallel requests have connections of their own", async () => {
  const { origin, sockets } = await serve((socket) => setTimeout(() => ok(socket), 20));
  const upstream = agent();
  expect(await Promise.all([1, 2, 3].map(() => post(upstream, origin)))).toEqual(["200 ok", "200 ok", "200 ok"]);
  expect(sockets.length).toBe(3);
});

test("a kept connection that the server has closed is replaced without a failure; one that broke in its answer is not", async () => {
  const { origin, sockets } = await serve((socket, _, count) => {
    if (count === 1) ok(socket);
    else socket.destroy();
  });
  const upstream = agent();
  expect(await post(upstream, origin)).toBe("200 ok");
  expect(await post(upstream, origin)).toBe("200 ok");
  expect(sockets.length).toBe(2);
  const broken = await serve((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"));
  await expect(post(upstream, broken.origin)).rejects.toThrow();
  expect(broken.sockets.length).toBe(1);
});

test("a request that could be read as two is never sent", async () => {
  const { origin, sockets } = await serve(ok);
  const upstream = agent();
  const throws = (headers: string[], path?: string) => expect(() => post(upstream, origin, headers, path)).rejects.toThrow("characters");
  await throws(["authorization", "Bearer a\r\nx-b: 1"]);
  await throws(["x-a\r\n", "1"]);
  await throws([], "/x HTTP/1.1\r\nx: 1");
  expect(sockets.length).toBe(0);
});

test("malformed answers, closed ports and the end of the agent fail the request", async () => {
  const { origin } = await serve((socket) => socket.write("nonsense\r\n\r\n"));
  const upstream = agent();
  await expect(post(upstream, origin)).rejects.toThrow("malformed");
  await expect(post(upstream, "http://127.0.0.1:1")).rejects.toThrow("ECONNREFUSED");
  const silent = await serve(() => {});
  const waiting = post(upstream, silent.origin);
  setTimeout(() => void upstream.end(), 20);
  await expect(waiting).rejects.toThrow("closing");
});

test("a paused request is handed no more than the packet that is being read, and goes on where it stopped", async () => {
  const total = 16 * 1024 * 1024;
  const { origin } = await serve((socket) =>
    socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`), Buffer.alloc(total)])),
  );
  let read = 0;
  let resume = () => {};
  const done = new Promise<void>((resolve, reject) => {
    agent().dispatch(
      { origin, path: "/x", method: "POST", headers: [], body: "{}" },
      {
        onRequestStart() {},
        onResponseStart: (controller) => {
          controller.pause();
          resume = () => controller.resume();
        },
        onResponseData: (_, piece) => {
          read += piece.length;
        },
        onResponseEnd: () => resolve(),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(read).toBeLessThanOrEqual(64 * 1024);
  resume();
  await done;
  expect(read).toBe(total);
});

test("an answer without a length ends when the other side ends it, and fails when it breaks", async () => {
  const head = "HTTP/1.1 200 OK\r\n\r\npart";
  const whole = await serve((socket) => socket.end(head));
  expect(await post(agent(), whole.origin)).toBe("200 part");
  const broken = await serve((socket) => socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 20)));
  await expect(post(agent(), broken.origin)).rejects.toThrow("ECONNRESET");
});
