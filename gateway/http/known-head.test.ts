import fc from "fast-check";
import { expect, test } from "vitest";
import type { Framing } from "./fields.ts";
import { KnownHead } from "./known-head.ts";

const headOf = (length: string, after = "x-a: 1") => `POST /v1/x HTTP/1.1\r\nhost: a\r\nContent-Length:  ${length}\r\n${after}`;
const bytesOf = (text: string) => Buffer.from(`${text}\r\n\r\n`, "latin1");
const known = (text: string, framing: Framing | "none") => new KnownHead(bytesOf(text), text, framing);

test("the same bytes begin with it, whatever follows; others do not", () => {
  const head = known(headOf("5"), 5);
  expect(head.begins(bytesOf(headOf("5")))).toBe(true);
  expect(head.begins(Buffer.concat([bytesOf(headOf("5")), Buffer.from("hello")]))).toBe(true);
  expect(head.begins(bytesOf(headOf("6")))).toBe(false);
  expect(head.begins(bytesOf(headOf("5")).subarray(0, -1))).toBe(false);
});

test("a head that differs in its length alone has that length", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (first, second) => {
      expect(known(headOf(String(first)), first).framingOf(headOf(String(second)))).toBe(second);
    }),
  );
});

test.each([
  ["another field", headOf("7", "x-a: 2")],
  ["one more field", headOf("7", "x-a: 1\r\nx-b: 2")],
  ["no digits", headOf("")],
  ["a sign", headOf("+7")],
  ["a list", headOf("7, 7")],
  ["too many digits", headOf("1234567890123456")],
  ["a line in the place of the digits", headOf("7\r\nx-c: 1")],
  ["an end before the digits", headOf("7").slice(0, -10)],
])("%s has to be read", (_, text) => {
  expect(known(headOf("5"), 5).framingOf(text)).toBeUndefined();
});

test("without a length of its own, it knows no other head", () => {
  for (const [text, framing] of [
    ["GET / HTTP/1.1\r\nhost: a", "none"],
    ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked", "chunked"],
  ] as const) {
    expect(known(text, framing).begins(bytesOf(text))).toBe(true);
    expect(known(text, framing).framingOf(`${text}\r\ncontent-length: 5`)).toBeUndefined();
  }
});
