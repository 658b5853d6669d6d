import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { AppError } from "#lib/errors.ts";
import { BodyTooLong, ClientGone, type HttpRequest } from "./request.ts";
import type { HttpResponse } from "./response.ts";
import { HttpServer } from "./server.ts";

type Handle = (request: HttpRequest, response: HttpResponse) => void;

interface Client {
  socket: Socket;
  text(): string;
  closed(): boolean;
}

const opened: { server: HttpServer; sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.destroy();
  }
});

async function serve(onRequest: Handle, limits = {}) {
  const refused: { code: string; reason: string }[] = [];
  const server = new HttpServer({
    limits: { headersMs: 5_000, requestMs: 5_000, lingerMs: 400, ...limits },
    onRequest,
    onRefused: ({ code }: AppError, reason) => refused.push({ code, reason }),
  });
  const port = await server.listen({ port: 0, host: "127.0.0.1", reusePort: false });
  const sockets: Socket[] = [];
  opened.push({ server, sockets });
  const open = (text = ""): Client => {
    const socket = connect(port, "127.0.0.1", () => text && socket.write(text));
    let got = "";
    let closed = false;
    sockets.push(socket);
    socket.on("data", (piece) => {
      got += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      closed = true;
    });
    return { socket, text: () => got, closed: () => closed };
  };
  return { server, port, open, refused };
}

const say =
  (text = "ok"): Handle =>
  (request, response) => {
    response.writeHead(200, ["x-path", request.url], { bodyBytes: text.length });
    response.end(text);
  };
const get = (path: string, ...fields: string[]) => `GET ${path} HTTP/1.1\r\n${["host: a", ...fields].join("\r\n")}\r\n\r\n`;
const bodies = (text: string) => text.split("HTTP/1.1 ").slice(1);

describe("a connection", () => {
  test("carries one request after the other, and a thousand at once in their order", async () => {
    const { open } = await serve((request, response) => {
      const answer = () => say(request.url)(request, response);
      if (request.url.endsWith("7")) setTimeout(answer, 1);
      else answer();
    });
    const paths = Array.from({ length: 1_000 }, (_, index) => `/${index}`);
    const client = open(paths.map((path) => get(path)).join(""));
    await expect.poll(() => bodies(client.text()).length).toBe(1_000);
    expect(bodies(client.text()).map((answer) => /x-path: (\S+)/.exec(answer)?.[1])).toEqual(paths);
    client.socket.write(get("/more"));
    await expect.poll(() => client.text()).toContain("x-path: /more");
    expect(client.closed()).toBe(false);
  });

  test("is told to be kept, and is closed where the client asks for it, or speaks HTTP/1.0", async () => {
    const { open } = await serve(say());
    const kept = open(get("/"));
    await expect.poll(() => kept.text()).toContain("connection: keep-alive\r\nkeep-alive: timeout=65\r\n\r\nok");
    const asked = open(get("/", "connection: close"));
    await expect.poll(() => asked.closed()).toBe(true);
    expect(asked.text()).toContain("connection: close\r\n\r\nok");
    const old = open("GET / HTTP/1.0\r\n\r\n");
    await expect.poll(() => old.closed()).toBe(true);
    expect(kept.closed()).toBe(false);
  });

  test("takes requests ahead, up to a bound, without losing one", async () => {
    const seen: number[] = [];
    const { open } = await serve(async (request, response) => {
      seen.push((await request.body(1e6)).length);
      await sleep(5);
      say()(request, response);
    });
    const large = `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 50000\r\n\r\n${"x".repeat(50_000)}`;
    const client = open(large.repeat(8));
    await expect.poll(() => bodies(client.text()).length).toBe(8);
    expect(seen).toEqual(Array(8).fill(50_000));
  });
});

describe("an answer", () => {
  test("without a length goes out in chunks, to HTTP/1.0 until the close, and to HEAD without its body", async () => {
    const { open } = await serve((_, response) => {
      response.writeHead(200, []);
      response.write("né");
      response.end("x");
    });
    const chunks = open(get("/"));
    await expect.poll(() => chunks.text()).toContain("transfer-encoding: chunked");
    await expect.poll(() => Buffer.from(chunks.text(), "latin1").toString()).toMatch(/\r\n\r\n3\r\nné\r\n1\r\nx\r\n0\r\n\r\n$/);
    const old = open("GET / HTTP/1.0\r\n\r\n");
    await expect.poll(() => old.closed()).toBe(true);
    expect(Buffer.from(old.text(), "latin1").toString()).toMatch(/connection: close\r\n\r\nnéx$/);
    const head = open(`HEAD / HTTP/1.1\r\nhost: a\r\n\r\n${get("/", "connection: close")}`);
    await expect.poll(() => head.closed()).toBe(true);
    expect(head.text()).toMatch(/keep-alive: timeout=65\r\n\r\nHTTP\/1.1 200 OK/);
  });

  test("cannot carry a header that would become two", async () => {
    let thrown: unknown;
    const { open } = await serve((_, response) => {
      try {
        response.writeHead(200, ["x-a", "b\r\nset-cookie: c"]);
      } catch (error) {
        thrown = error;
      }
      response.destroy();
    });
    const client = open(get("/"));
    await expect.poll(() => client.closed()).toBe(true);
    expect(String(thrown)).toContain("x-a");
  });

  test("that the client does not take waits for it, and is finished when it is taken", async () => {
    const state = { closed: false, drained: 0, room: true };
    const { open } = await serve((_, response) => {
      response.writeHead(200, [], { bodyBytes: 40_000_000 });
      response.onClose(() => {
        state.closed = response.finished;
      });
      response.onDrain(() => {
        state.drained++;
        response.end("y".repeat(20_000_000));
      });
      state.room = response.write("x".repeat(20_000_000));
    });
    const client = open();
    client.socket.pause();
    client.socket.write(get("/"));
    await sleep(200);
    expect(state).toEqual({ closed: false, drained: 0, room: false });
    client.socket.resume();
    await expect.poll(() => state.closed, { timeout: 5_000 }).toBe(true);
    expect(state.drained).toBe(1);
  });

  test("whose client leaves, or closes its side, is closed and not finished", async () => {
    const seen: HttpResponse[] = [];
    const { open } = await serve((_, response) => seen.push(response));
    open(get("/")).socket.once("connect", function (this: Socket) {
      setTimeout(() => this.destroy(), 50);
    });
    const half = open(get("/"));
    await expect.poll(() => seen.length).toBe(2);
    half.socket.end();
    await expect.poll(() => seen.map(({ closed, finished }) => [closed, finished])).toEqual(Array(2).fill([true, false]));
  });
});

describe("a body", () => {
  test("that has arrived is there at once, one that has not is waited for, in chunks as well", async () => {
    const seen: unknown[] = [];
    const { open } = await serve(async (request, response) => {
      const body = request.body(100);
      seen.push(body instanceof Promise ? "waits" : "at once");
      seen.push(String(await body));
      say()(request, response);
    });
    const client = open("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc");
    await expect.poll(() => seen).toEqual(["at once", "abc"]);
    client.socket.write("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n");
    await expect.poll(() => seen.length).toBe(3);
    client.socket.write("1\r\nf\r\n0\r\n\r\n");
    await expect.poll(() => seen).toEqual(["at once", "abc", "waits", "def"]);
  });

  test("is asked for where the client waits to be asked", async () => {
    const { open } = await serve(async (request, response) => {
      response.writeContinue();
      say(String(await request.body(100)))(request, response);
    });
    const client = open("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
    await expect.poll(() => client.text()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    client.socket.write("hi");
    await expect.poll(() => client.text()).toMatch(/hi$/);
  });

  test("that nobody has asked for stops coming, and all of it is there when somebody does", async () => {
    let request: HttpRequest | undefined;
    const { open } = await serve((one, response) => {
      request = one;
      setTimeout(async () => say(String((await one.body(1e9)).length))(one, response), 300);
    });
    const client = open(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 30000000\r\n\r\n${"x".repeat(30_000_000)}`);
    await expect.poll(() => request !== undefined).toBe(true);
    await sleep(100);
    expect(client.socket.writableLength).toBeGreaterThan(1_000_000);
    await expect.poll(() => client.text(), { timeout: 5_000 }).toMatch(/30000000$/);
  });

  test("too long is an error for who reads it; the answer comes before its end, and the connection goes on or is closed", async () => {
    const errors: unknown[] = [];
    const { open } = await serve(async (request, response) => {
      await Promise.resolve()
        .then(() => request.body(10))
        .catch((error) => errors.push(error));
      say()(request, response);
    });
    const start = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n";
    const ends = open(start);
    await expect.poll(() => ends.text()).toMatch(/ok$/);
    ends.socket.write(`0\r\n\r\n${get("/next")}`);
    await expect.poll(() => ends.text()).toContain("x-path: /next");
    const endless = open(start);
    await expect.poll(() => endless.closed(), { timeout: 3_000 }).toBe(true);
    expect(endless.text()).toMatch(/ok$/);
    expect(errors[0]).toBeInstanceOf(BodyTooLong);
  });

  test("whose client leaves is an error for who reads it", async () => {
    const errors: unknown[] = [];
    const { open } = await serve((request) => void Promise.resolve(request.body(10)).catch((error) => errors.push(error)));
    const client = open("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na");
    await sleep(50);
    client.socket.destroy();
    await expect.poll(() => errors[0]).toBeInstanceOf(ClientGone);
  });
});

describe("what is no request", () => {
  test("is refused in one form and the connection closed; what stood before is answered", async () => {
    const { open, refused } = await serve(say());
    const client = open(`${get("/first")}nonsense\r\n\r\n${get("/never")}`);
    await expect.poll(() => client.closed()).toBe(true);
    const [first, second, ...more] = bodies(client.text());
    expect(first).toContain("x-path: /first");
    expect(second).toContain('"code":"bad_request"');
    expect([more, refused]).toEqual([[], [{ code: "bad_request", reason: "malformed request line" }]]);
  });

  test("after an answer has begun closes the connection", async () => {
    const { open } = await serve((_, response) => {
      response.writeHead(200, []);
      response.write("begun");
    });
    const client = open("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
    await expect.poll(() => client.text()).toContain("begun");
    client.socket.write("zz\r\n");
    await expect.poll(() => client.closed()).toBe(true);
    expect(client.text()).not.toContain("bad_request");
  });

  test("is a head or a body that takes too long, and a connection that says nothing", async () => {
    const { open, refused } = await serve(() => {}, { headersMs: 200, requestMs: 400 });
    const slow = ["GET / HT", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na"].map((text) => open(text));
    const silent = open();
    await expect.poll(() => [...slow, silent].every((client) => client.closed()), { timeout: 3_000 }).toBe(true);
    for (const client of slow) expect(client.text()).toMatch(/^HTTP\/1.1 408 .*"request_timeout"/s);
    expect([silent.text(), refused.length]).toEqual(["", 2]);
  });

  test("that comes late on a kept connection has all of its time, and no more than the first", async () => {
    const { open, refused } = await serve(say(), { headersMs: 400, requestMs: 400 });
    const kept = open(get("/first"));
    await expect.poll(() => bodies(kept.text()).length).toBe(1);
    // Longer than a head may take, which counts from its own first byte.
    await sleep(700);
    kept.socket.write("GET /second HTTP/1.1\r\n");
    await sleep(200);
    kept.socket.write("host: a\r\n\r\n");
    await expect.poll(() => bodies(kept.text()).length).toBe(2);
    kept.socket.write("GET /third HTTP/1.1\r\n");
    await expect.poll(() => bodies(kept.text())[2], { timeout: 2_000 }).toMatch(/^408 /);
    await expect.poll(kept.closed).toBe(true);
    expect(refused).toEqual([{ code: "request_timeout", reason: "late" }]);
  });
});

test("a server that closes takes nobody more, lets answers end and closes idle connections", async () => {
  let answer = () => {};
  const { open, server, port } = await serve((request, response) => {
    answer = () => say()(request, response);
  });
  const idle = open();
  const busy = open(get("/"));
  await sleep(100);
  server.close();
  await expect.poll(() => idle.closed()).toBe(true);
  answer();
  await expect.poll(() => busy.text()).toMatch(/ok$/);
  const late = connect(port, "127.0.0.1");
  await expect(new Promise((resolve, reject) => late.once("connect", resolve).once("error", reject))).rejects.toThrow(/ECONNREFUSED/);
});
