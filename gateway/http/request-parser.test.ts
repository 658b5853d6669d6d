import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MalformedMessage } from "./fields.ts";
import { type RequestHead, RequestParser } from "./request-parser.ts";

interface Seen {
  head: RequestHead;
  body: string;
  ended: boolean;
}

/** Reads the requests of a connection whose bytes arrive in these pieces. */
function read(pieces: readonly Buffer[]): Seen[] {
  const seen: Seen[] = [];
  const last = () => seen.at(-1) as Seen;
  const parser = new RequestParser({
    onHead: (head) => seen.push({ head, body: "", ended: false }),
    onBody: (piece) => {
      last().body += piece.toString("latin1");
    },
    onEnd: () => {
      last().ended = true;
    },
  });
  for (const piece of pieces) {
    for (let rest = piece; rest.length > 0; ) {
      const before = seen.filter(({ ended }) => ended).length;
      rest = parser.push(rest);
      if (seen.filter(({ ended }) => ended).length > before) parser.reset();
    }
  }
  return seen;
}

const lines = (...all: string[]) => `${all.join("\r\n")}\r\n\r\n`;
const post = (fields: string[], body: string) => lines("POST /v1/x?a=1 HTTP/1.1", "Host: a", ...fields) + body;
const sized = post(["Content-Length: 5", "X-A:  b \t"], "hello");
const chunked = post(["transfer-encoding: Chunked"], "3\r\nhel\r\n2;note=x\r\nlo\r\n0\r\nTrailer: t\r\n\r\n");
const none = lines("GET / HTTP/1.0", "a: 1", "A: 2", "connection: keep-alive");

describe("requests", () => {
  test("are the same wherever the bytes of a connection are cut", () => {
    const bytes = Buffer.from(sized + chunked + none + sized, "latin1");
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
        const seen = read(pieces.filter((piece) => piece.length > 0));
        expect(seen.map(({ body, ended }) => [body, ended])).toEqual([
          ["hello", true],
          ["hello", true],
          ["", true],
          ["hello", true],
        ]);
        const [first, , third] = seen.map(({ head }) => head);
        expect(first).toMatchObject({ method: "POST", target: "/v1/x?a=1", minorVersion: 1, keepAlive: true });
        expect(first?.fields.values["x-a"]).toBe("b");
        expect(third).toMatchObject({ minorVersion: 0, keepAlive: false, fields: { names: ["a", "a", "connection"] } });
        expect(third?.fields.values.a).toBe("1, 2");
      }),
    );
  });

  test("that ask for it are the last on their connection", () => {
    expect(read([Buffer.from(post(["Connection: Close"], ""))])[0]?.head.keepAlive).toBe(false);
  });
});

describe("refused", () => {
  test.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["another version", lines("GET / HTTP/2.0", "host: a")],
    ["two blanks in the request line", lines("GET  / HTTP/1.1", "host: a")],
    ["a target beyond ASCII", lines("GET /\xe9 HTTP/1.1", "host: a")],
    ["no target", lines("GET  HTTP/1.1", "host: a")],
    ["a blank before the colon", lines("GET / HTTP/1.1", "host : a")],
    ["a folded field", lines("GET / HTTP/1.1", "host: a", " b: c")],
    ["a field without a colon", lines("GET / HTTP/1.1", "host")],
    ["a lone line feed", "GET / HTTP/1.1\nhost: a\r\n\r\n"],
    ["a lone carriage return in a value", lines("GET / HTTP/1.1", "host: a\rb: c")],
    ["a NUL", lines("GET / HTTP/1.1", "host: a\0")],
    ["a length beside chunks", post(["content-length: 3", "transfer-encoding: chunked"], "")],
    ["two equal lengths", post(["content-length: 3", "content-length: 3"], "abc")],
    ["a list of lengths", post(["content-length: 3, 3"], "abc")],
    ["a signed length", post(["content-length: +3"], "abc")],
    ["a coding that is not chunked", post(["transfer-encoding: gzip, chunked"], "")],
    ["a coding hidden by a tab", post(["transfer-encoding:\tchunked, identity"], "")],
    ["chunks in HTTP/1.0", `${lines("POST / HTTP/1.0", "transfer-encoding: chunked")}0\r\n\r\n`],
    ["a chunk size that is none", post(["transfer-encoding: chunked"], "0x3\r\nabc\r\n")],
    ["a signed chunk size", post(["transfer-encoding: chunked"], "-3\r\nabc\r\n")],
    ["a chunk that is longer than told", post(["transfer-encoding: chunked"], "2\r\nabc\r\n")],
    ["a chunk line that ends in a line feed alone", post(["transfer-encoding: chunked"], "3\nabc\r\n")],
  ])("%s", (_, text) => {
    expect(() => read([Buffer.from(text, "latin1")])).toThrow(MalformedMessage);
  });

  test.each([
    ["a long head", `GET / HTTP/1.1\r\na: ${"x".repeat(17_000)}`, "head_too_long"],
    ["a long head at once", lines("GET / HTTP/1.1", `a: ${"x".repeat(17_000)}`), "head_too_long"],
    ["a long chunk line", post(["transfer-encoding: chunked"], `3;${"x".repeat(5_000)}`), "chunk_line_too_long"],
    ["a long chunk line at once", post(["transfer-encoding: chunked"], `3;${"x".repeat(5_000)}\r\n`), "chunk_line_too_long"],
  ])("%s", (_, text, reason) => {
    expect(() => read([Buffer.from(text)])).toThrow(expect.objectContaining({ reason }));
  });
});
