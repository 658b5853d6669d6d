import { expect, test } from "vitest";
import { baseUrl } from "./base-url.ts";

test.each([
  ["https://api.deepseek.com", "https://api.deepseek.com/v1"],
  ["http://10.0.0.7:11434/", "http://10.0.0.7:11434/v1"],
  ["https://Host.Example.com/api/v1/", "https://host.example.com/api/v1"],
  ["https://ark.example.com/api/v3", "https://ark.example.com/api/v3"],
  [" https://[::1]:8443//v1// ", "https://[::1]:8443//v1"],
  ["https://example.com:443/a/../v1", "https://example.com/v1"],
])("%s is called at %s", (text, wanted) => {
  expect(baseUrl(text)).toBe(wanted);
});

test.each([
  "",
  "api.example.com",
  "ftp://example.com/v1",
  "file:///etc/passwd",
  "unix:/run/docker.sock",
  "https://user@example.com/v1",
  "https://user:secret@example.com/v1",
  "https://example.com/v1?key=secret",
  "https://example.com/v1#secret",
  "https://example.com/v1?",
  "https://example.com\\@evil.example/v1",
  "https://example.com/a b",
  "https://example.com/v1\nx",
  "https://",
  "https://example.com/v1/chat/completions",
  "https://example.com/v1/models/",
])("%j is refused", (text) => {
  expect(() => baseUrl(text)).toThrow(expect.objectContaining({ code: "invalid_value", param: "url" }));
});
