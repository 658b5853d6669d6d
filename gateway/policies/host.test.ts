import { expect, test } from "vitest";
import { endpointFor, endpointOf, isServedAt } from "./host.ts";

const hasRegion = (name: string) => name === "sh-02";
const local = { domain: "localhost", bind: "gpu-box" };
const real = { domain: "d.example", bind: "0.0.0.0" };

test.each([
  "localhost",
  "localhost:8080",
  "LOCALHOST.",
  "127.0.0.1:1",
  "[::1]:8080",
  "[::1]",
  "10.1.2.3",
  "chat.localhost",
  "a.b.localhost:80",
  "gpu-box",
])("on localhost, %s serves everything", (host) => {
  expect(endpointOf(host, local, hasRegion)).toEqual({ serves: "all" });
});

test.each([
  "evil.example",
  "localhost.evil.example",
  "notlocalhost",
  "d.example",
  "",
  "a b",
  "user@localhost",
  "localhost:x",
  "[::1",
  "localhost/",
])("on localhost, '%s' is refused", (host) => {
  expect(() => endpointOf(host, local, hasRegion)).toThrow(expect.objectContaining({ code: "invalid_host", status: 421 }));
});

test.each([
  ["d.example", { serves: "all" }],
  ["localhost:8080", { serves: "all" }],
  ["192.168.0.9", { serves: "all" }],
  ["chat.d.example", { serves: "token" }],
  ["CHAT.D.EXAMPLE:443", { serves: "token" }],
  ["sh-02.d.example", { serves: "region", region: "sh-02" }],
])("with a domain, %s", (host, endpoint) => {
  expect(endpointOf(host, real, hasRegion)).toEqual(endpoint);
});

test.each(["sh-03.d.example", "chat.sh-02.d.example", "chatd.example", "chat-d.example", "evil.example", "chat.localhost", ".d.example"])(
  "with a domain, '%s' is refused",
  (host) => {
    expect(() => endpointOf(host, real, hasRegion)).toThrow(expect.objectContaining({ code: "invalid_host" }));
  },
);

test("each endpoint serves its own, and the right one can be named", () => {
  const byToken = { billing: "token", region: "sh-02" } as const;
  const dedicated = { billing: "instance", region: "sh-02" } as const;
  const served = (service: typeof byToken | typeof dedicated) =>
    [
      { serves: "all" } as const,
      { serves: "token" } as const,
      { serves: "region", region: "sh-02" } as const,
      { serves: "region", region: "bj-01" } as const,
    ].map((endpoint) => isServedAt(service, endpoint));
  expect(served(byToken)).toEqual([true, true, false, false]);
  expect(served(dedicated)).toEqual([true, false, true, false]);
  expect(endpointFor(byToken, "d.example")).toBe("https://chat.d.example/v1");
  expect(endpointFor(dedicated, "d.example")).toBe("https://sh-02.d.example/v1");
});
