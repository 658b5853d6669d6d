import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** What a process that logs this prints. */
async function logged(statements: string, options = '{ level: "info", format: "json" }'): Promise<Record<string, unknown>[]> {
  const script = `import { createLogger } from "#lib/observability/logger.ts"; const logger = createLogger("test", ${options}); ${statements}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: new URL("../..", import.meta.url) });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("secrets by their usual names are left out, at the top, one level down and in errors", async () => {
  const [line] = await logged(`
    const err = Object.assign(new Error("bad sk-hy-abcdefghij"), { token: "hidden" });
    logger.info({ password: "hidden", user: { apiKey: "hidden", name: "kept" }, at: new Date(0), err, count: 1 }, "hello");`);
  expect(JSON.stringify(line)).not.toContain("hidden");
  expect(JSON.stringify(line)).not.toContain("abcdefghij");
  expect(line).toMatchObject({
    name: "test",
    msg: "hello",
    count: 1,
    at: "1970-01-01T00:00:00.000Z",
    user: { apiKey: "[redacted]", name: "kept" },
  });
  expect(line?.err).toMatchObject({ type: "Error", message: "bad sk-hy-abcd…", token: "[redacted]" });
});

test("a buffered logger loses nothing at the process's end", async () => {
  const options = '{ level: "info", format: "json", buffered: true }';
  const count = 2_000;
  const lines = await logged(`for (let n = 0; n < ${count}; n++) logger.info({ n }, "line"); process.exit(0);`, options);
  expect(lines.map((line) => line.n)).toEqual(Array.from({ length: count }, (_, n) => n));
  const thrown = await logged(
    `logger.info({ n: 1 }, "line"); process.on("uncaughtException", () => process.exit(0)); throw new Error("x");`,
    options,
  );
  expect(thrown.length).toBe(1);
});
