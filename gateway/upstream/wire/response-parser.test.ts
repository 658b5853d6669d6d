import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ResponseParser } from "./response-parser.ts";

interface Seen {
  status: number | null;
  headers: Record<string, unknown>;
  body: string;
  /** Null while the response goes on, else whether the connection may be used again. */
  reusable: boolean | null;
}

function read(pieces: Buffer[], close = false): Seen {
  const seen: Seen = { status: null, headers: {}, body: "", reusable: null };
  const body: Buffer[] = [];
  const parser = new ResponseParser({
    onHead: (status, headers) => Object.assign(seen, { status, headers: { ...headers } }),
    onBody: (piece) => body.push(Buffer.from(piece)),
    onEnd: (reusable) => {
      seen.reusable = reusable;
    },
  });
  for (const piece of pieces) parser.push(piece);
  if (close) parser.close();
  seen.body = Buffer.concat(body).toString();
  return seen;
}

const response = (head: string[], body: string) => Buffer.from(`${["HTTP/1.1 200 OK", ...head].join("\r\n")}\r\n\r\n${body}`);
const chunked = response(["Transfer-Encoding: chunked", "X-A: 1"], "5\r\nhéll\r\n5;note=1\r\no 世\r\n0\r\nTrailer: x\r\n\r\n");
const sized = response(["Content-Length: 7", "Keep-Alive: timeout=5"], "héll o");

describe("a response", () => {
  test.each([
    ["in chunks", chunked, "héllo 世"],
    ["with a length", sized, "héll o"],
    ["after an interim one", Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"), sized]), "héll o"],
  ])("%s is the same wherever its bytes are cut", (_, bytes, body) => {
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second += 3) {
        const seen = read(
          [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)].filter((piece) => piece.length > 0),
        );
        expect(seen).toMatchObject({ status: 200, body, reusable: true });
      }
    }
  });

  test("of any text in chunks of any size comes out as it went in", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), fc.array(fc.nat(400), { maxLength: 8 }), (chunks, cuts) => {
        const parts = chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), Buffer.from(chunk), Buffer.from("\r\n")]);
        const bytes = Buffer.concat([response(["transfer-encoding: chunked"], ""), ...parts, Buffer.from("0\r\n\r\n")]);
        const points = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
        const body: Buffer[] = [];
        let ended: boolean | null = null;
        const parser = new ResponseParser({
          onHead: () => {},
          onBody: (piece) => body.push(Buffer.from(piece)),
          onEnd: (reusable) => {
            ended = reusable;
          },
        });
        for (const piece of pieces.filter((one) => one.length > 0)) parser.push(piece);
        expect(Buffer.concat(body)).toEqual(Buffer.concat(chunks));
        expect(ended).toBe(true);
      }),
    );
  });

  test("without a length ends with its connection", () => {
    expect(read([response([], "abc")])).toMatchObject({ body: "abc", reusable: null });
    expect(read([response([], "abc")], true)).toMatchObject({ body: "abc", reusable: false });
    expect(read([sized.subarray(0, -1)], true).reusable).toBeNull();
    expect(read([chunked.subarray(0, -2)], true).reusable).toBeNull();
  });

  test("that has no body, or forbids another request, says so", () => {
    expect(read([Buffer.from("HTTP/1.1 204 No Content\r\n\r\n")]).reusable).toBe(true);
    expect(read([response(["content-length: 0"], "")]).reusable).toBe(true);
    expect(read([response(["content-length: 2", "connection: close"], "ok")]).reusable).toBe(false);
    expect(read([Buffer.from("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok")]).reusable).toBe(false);
  });
});

test.each([
  ["no HTTP", "hello\r\n\r\n"],
  ["a length beside chunks", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n"],
  ["a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: 0x3\r\n\r\n"],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
  ["a folded header", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\na : b\r\n\r\n"],
  ["a chunk size that is none", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ["a chunk longer than told", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n"],
  ["another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ["bytes after the end", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
  ["endless headers", `HTTP/1.1 200 OK\r\na: ${"x".repeat(70_000)}`],
  ["an endless chunk line", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"x".repeat(5_000)}`],
])("%s is refused", (_, text) => {
  expect(() => read([Buffer.from(text)])).toThrow();
});
