import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { rawErrorOf, refusalOf, sendRaw } from "#gateway/testing/refusal.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ requestHeadersMs: 400, requestBodyMs: 600 });
});
afterAll(() => harness.close());

test("a wrong method names the right one; TRACE, OPTIONS and an unknown address are refused", async () => {
  const get = await fetch(`${harness.url}/v1/chat/completions`);
  expect(get.headers.get("allow")).toBe("POST");
  expect(await refusalOf(get)).toMatchObject({ status: 405, code: "method_not_allowed" });
  const options = await fetch(`${harness.url}/v1/models`, { method: "OPTIONS" });
  expect(options.headers.get("allow")).toBe("GET, HEAD");
  expect(options.headers.get("access-control-allow-origin")).toBeNull();
  expect((await refusalOf(await fetch(`${harness.url}/v1/embeddingz`))).status).toBe(404);
  expect(
    rawErrorOf(await sendRaw(harness.port, "TRACE /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),
  ).toMatchObject({
    status: 405,
  });
  expect(rawErrorOf(await sendRaw(harness.port, "CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"))).toMatchObject({ status: 405 });
});

const head = "POST /v1/chat/completions HTTP/1.1\r\n";
test.each([
  ["two Host", `${head}Host: localhost\r\nHost: b\r\nConnection: close\r\n\r\n`, 400, "duplicate_header"],
  [
    "two Authorization",
    `${head}Host: localhost\r\nAuthorization: x\r\nauthorization: y\r\nConnection: close\r\n\r\n`,
    400,
    "duplicate_header",
  ],
  ["no Host", `${head}Connection: close\r\n\r\n`, 400, "bad_request"],
  ["an absolute target", "GET http://a/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400, "bad_request"],
  ["CL with TE", `${head}Host: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, "bad_request"],
  ["two CL", `${head}Host: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`, 400, "bad_request"],
  ["no HTTP", "hello\r\n\r\n", 400, "bad_request"],
  ["a header of 20 KB", `${head}Host: localhost\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`, 431, "headers_too_large"],
  ["2,500 headers", `${head}Host: localhost\r\nConnection: close\r\n${"a: b\r\n".repeat(2_500)}\r\n`, 431, "headers_too_large"],
  ["slow headers", `${head}Host: localhost\r\n`, 408, "request_timeout"],
  [
    "a slow body",
    `${head}Host: localhost\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    408,
    "request_timeout",
  ],
])("%s", async (_, text, status, code) => {
  expect(rawErrorOf(await sendRaw(harness.port, text.replace("KEY", harness.caller.key)))).toEqual({ status, code });
});

test("healthz and readyz answer", async () => {
  expect((await fetch(`${harness.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${harness.url}/readyz`)).status).toBe(200);
});
