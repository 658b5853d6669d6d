import { expect, test } from "vitest";
import { UpstreamFailure } from "./failure.ts";
import { SseReader } from "./sse.ts";

const events = ['{"a":"héllo 世界 🌍"}', "two\nlines", "[DONE]"];
const stream = Buffer.from(`: hi\n\ndata: ${events[0]}\r\n\r\nevent: x\ndata:two\ndata: lines\nid: 1\n\ndata: ${events[2]}\n\n`);

function read(pieces: Buffer[], cap = 1024): string[] {
  const seen: string[] = [];
  const reader = new SseReader({ data: (data) => void seen.push(data) }, cap);
  for (const piece of pieces) reader.push(piece);
  return seen;
}

test("events are the same wherever the bytes are cut, once, twice, or after every byte", () => {
  for (let first = 0; first <= stream.length; first++) {
    expect(read([stream.subarray(0, first), stream.subarray(first)])).toEqual(events);
    for (let second = first; second <= stream.length; second += 7) {
      expect(read([stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)])).toEqual(events);
    }
  }
  expect(read([...stream].map((byte) => Buffer.from([byte])))).toEqual(events);
});

test("an event without its blank line is none", () => {
  expect(read([Buffer.from("data: a\n\ndata: b\n")])).toEqual(["a"]);
});

test("a line over the cap, an event of many lines over it, and bytes that are not UTF-8 are refused", () => {
  expect(() => read([Buffer.from(`data: ${"x".repeat(60)}`)], 50)).toThrow(UpstreamFailure);
  expect(() => read([Buffer.from(`data: ${"x".repeat(60)}\n`)], 50)).toThrow(UpstreamFailure);
  expect(() => read([Buffer.from("data: xxxxxxxxxx\n".repeat(10))], 50)).toThrow(UpstreamFailure);
  expect(() => read([Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a])])).toThrow(UpstreamFailure);
});

test("what stands before a line that is not UTF-8 is read", () => {
  const seen: string[] = [];
  const reader = new SseReader({ data: (data) => void seen.push(data) }, 1024);
  const bytes = Buffer.concat([Buffer.from("data: é\n\ndata: "), Buffer.from([0xff]), Buffer.from("\n\n")]);
  expect(() => reader.push(bytes)).toThrow(UpstreamFailure);
  expect(seen).toEqual(["é"]);
});
