import { expect, test } from "vitest";
import { RequestHeads } from "./request-heads.ts";

const written = (path: string, headers: string[], body: string) =>
  [`POST ${path} HTTP/1.1`, "host: h:1", ...headers, `content-length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");

test("each request is as if it were the first, whatever the one before was", () => {
  const heads = new RequestHeads("h:1");
  for (const [path, headers, body] of [
    ["/a", ["x: 1", "id: 1"], "é"],
    ["/a", ["x: 1", "id: 2"], ""],
    ["/b", ["x: 1", "id: 2"], "b"],
    ["/b", ["x: 2", "id: 2"], "b"],
    ["/b", ["y: 2", "id: 2"], "b"],
    ["/b", ["id: 3"], "b"],
    ["/b", ["y: 2", "z: 3", "id: 4"], "b"],
    ["/b", ["y: 2", "z: 3", "w: 1", "id: 4"], "b"],
    ["/b", [], "b"],
    ["/b", ["id: 5"], "b"],
  ] as const) {
    const pairs = headers.flatMap((line) => line.split(": "));
    expect(heads.requestText(path, pairs, body)).toBe(written(path, [...headers], body));
  }
});

test("what would not stay one header is refused, in any place, and is not remembered", () => {
  const heads = new RequestHeads("h:1");
  const bad = "1\r\nset: 2";
  for (const headers of [
    ["a", bad, "id", "1"],
    ["a", "1", "id", bad],
    ["a\n", "1", "id", "1"],
  ]) {
    for (let time = 0; time < 2; time++) expect(() => heads.requestText("/a", headers, "")).toThrow(/characters/);
  }
  expect(() => heads.requestText("/a b", [], "")).toThrow(/path/);
  expect(heads.requestText("/a", ["a", "1", "id", "1"], "")).toBe(written("/a", ["a: 1", "id: 1"], ""));
});
