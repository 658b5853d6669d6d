import { expect, test } from "vitest";
import { parseCommandLine, UsageError } from "./options.ts";

const flags = [
  "--instance",
  "ins_1",
  "--service",
  "svc_1",
  "--model",
  "/m.gguf",
  "--name",
  "public/m",
  "--context",
  "1024",
  "--state",
  "/s",
];
const env = { HYDRA_INSTANCE_TOKEN: "0123456789abcdef", HYDRA_INSTANCE_NONCE: "n" };

test("what may be left out has a default", () => {
  expect(parseCommandLine(flags, env)).toEqual({
    instance: "ins_1",
    service: "svc_1",
    model: "/m.gguf",
    name: "public/m",
    context: 1024,
    state: "/s",
    parallel: 4,
    queue: 32,
    threads: 1,
    drain: 10,
    cache: 64,
    bearer: "0123456789abcdef",
    nonce: "n",
  });
});

test.each(["instance", "service", "model", "name", "context", "state"])("--%s must be there", (name) => {
  const at = flags.indexOf(`--${name}`);
  const rest = flags.filter((_flag, index) => index !== at && index !== at + 1);
  expect(() => parseCommandLine(rest, env)).toThrow(UsageError);
  expect(() => parseCommandLine(rest, env)).toThrow(`--${name}: `);
});
