import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "#test/database.ts";
import { ggufFile, textModel } from "#test/gguf.ts";
import { startTestHub, type TestHub } from "#test/hub.ts";
import { adminCommands } from "../admin/commands.ts";
import { runCli } from "../cli/run.ts";
import { type Ended, startScript, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { modelsCommands } from "./commands.ts";

let database: TestDatabase;
let dir: TemporaryDataDir;
let home: string;
let hub: TestHub;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  dir = await temporaryDataDir();
  home = await mkdtemp(join(tmpdir(), "hydra-models-"));
  hub = await startTestHub();
});
afterEach(async () => {
  await hub.close();
  await dir.remove();
  await rm(home, { recursive: true, force: true });
});

const env = () => ({ HYDRA_DATA_DIR: dir.path, DATABASE_URL: database.url, HF_ENDPOINT: hub.endpoint });

/** The command in this process: to start one for each would take most of the time. */
async function hydra(...given: (string | Record<string, string>)[]): Promise<Ended> {
  const args = given.filter((one) => typeof one === "string");
  const other: Record<string, string> = Object.assign({}, ...given.filter((one) => typeof one !== "string"));
  const [log, error] = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
  const said = (spy: typeof log) => spy.mock.calls.map(([line]) => `${line}\n`).join("");
  for (const spy of [log, error]) spy.mockImplementation(() => {});
  try {
    const code = await runCli([...modelsCommands, ...adminCommands], args, { NODE_ENV: "test", ...env(), ...other });
    return { code, stdout: said(log), stderr: said(error) };
  } finally {
    for (const spy of [log, error]) spy.mockRestore();
  }
}

test("import offers a file to everybody, to one user, or as what a model of the catalog runs on", async () => {
  const file = join(home, "my model.gguf");
  await writeFile(file, ggufFile(textModel));
  const all = await hydra("models", "import", file);
  expect(all).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Imported as test-model-\w{6}: architecture llama, 64 parameters, context 2048, licence mit, chat template yes, /,
    ),
  });

  await hydra("admin", "create-user", "--email", "own@example.com", "--password", "correct horse");
  const own = await hydra("models", "import", file, "--email", "own@example.com", "--name", "Mine", "--context", "512", "--json");
  const { slug } = JSON.parse(own.stdout) as { slug: string };
  const row = await database.db.model.findUniqueOrThrow({
    where: { slug },
    include: { weights: true, workspace: { include: { memberships: { include: { user: true } } } } },
  });
  expect(row).toMatchObject({
    name: "Mine",
    contextLength: 512,
    licence: "mit",
    offersToken: false,
    weights: { source: "import", architecture: "llama", chatTemplate: "{{ messages }}", cacheBytesPerToken: 256 },
  });
  expect(row.workspace?.memberships.map(({ user }) => user.email)).toEqual(["own@example.com"]);

  expect(await hydra("models", "import", file, "--model", "baichuan2-13b-chat")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("is offered with a context of 4096 tokens, and this file was made for 2048."),
  });
  expect(await database.db.modelWeights.findFirstOrThrow({ where: { model: { slug: "baichuan2-13b-chat" } } })).toMatchObject({
    source: "import",
    format: "gguf",
  });
  const listed = (await hydra("models", "list")).stdout.split("\n");
  expect(listed.find((line) => line.startsWith("baichuan2-13b-chat"))).toMatch(
    / all +here +\S+ k?B +imports\/[0-9a-f]{20}\/my_model\.gguf$/,
  );
  expect(listed.find((line) => line.startsWith("hydra-tiny"))).toMatch(/ all +here +2\.6 MB +hydra-tiny\/tiny-chat\.gguf$/);
  expect(listed.find((line) => line.startsWith("phi-4"))).toMatch(/ not downloaded /);
  expect(listed.find((line) => line.startsWith(slug))).toMatch(/ u-[0-9a-f]{12} +here /);
  expect(listed.find((line) => line.startsWith("deepseek-r1"))).toMatch(/ nothing to run /);
});

test.each([
  [["models", "import", "/nowhere.gguf"], 1, "There is no file or folder /nowhere.gguf."],
  [["models", "import", "README.md"], 1, "is no GGUF file that can be loaded"],
  [["models", "import", "README.md", "--model", "none"], 1, "There is no model none."],
  [["models", "import", "README.md", "--email", "no@example.com"], 1, "There is no user with the email no@example.com."],
  [["models", "import", "README.md", "--email", "a@b.co", "--model", "phi-4"], 2, "cannot be given together"],
  [["models", "import"], 2, "<file|folder> must be given."],
  [["models", "download", "none"], 1, "There is no model none."],
  [["models", "download", "deepseek-r1"], 1, "hydra models import <file> --model deepseek-r1"],
  [["models", "download", "phi-4"], 1, "There is no repository bartowski/phi-4-GGUF"],
])("%j", async (args, code, message) => {
  const ended = await hydra(...args);
  expect({ ...ended, stderr: "" }).toEqual({ code, stdout: "", stderr: "" });
  expect(ended.stderr).toContain(message);
});

test("the first command of a new installation finds the catalog", { timeout: 30_000 }, async () => {
  const empty = await createEmptyDatabase();
  try {
    const listed = await hydra("models", "list", { DATABASE_URL: empty.url });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^MODEL +FOR +WEIGHTS .*\nhydra-tiny +all +here /) });
    expect(listed.stdout).toContain("`hydra upstreams add`");
  } finally {
    await empty.drop();
  }
});

test("download brings what a model runs on, also when the first process was killed on the way", { timeout: 90_000 }, async () => {
  const bytes = ggufFile(textModel, 500_000);
  hub.put("bartowski/phi-4-GGUF", "phi-4-Q4_K_M.gguf", bytes);
  hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 20 } : undefined);
  const first = startScript("bin/hydra.ts", ["models", "download", "phi-4"], env());
  for (const end = performance.now() + 60_000; !/ of 2\.0 MB/.test(first.stderr()) && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(first.stderr()).toMatch(/ of 2\.0 MB/);
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  hub.trouble = () => undefined;
  const second = await hydra("models", "download", "phi-4", "--json");
  expect(second.code, second.stderr).toBe(0);
  const { path, sizeBytes } = JSON.parse(second.stdout) as { path: string; sizeBytes: number };
  expect(sizeBytes).toBe(bytes.length);
  const facts = { sizeBytes: BigInt(bytes.length), architecture: "llama", chatTemplate: "{{ messages }}", cacheBytesPerToken: 256 };
  expect(await database.db.modelWeights.findFirst({ where: { model: { slug: "phi-4" } } })).toMatchObject(facts);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(hub.calls.filter((call) => call.place === "store").at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
});
