import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isApiKeyShaped } from "#lib/api-key-format.ts";
import { rootDir } from "#lib/config.ts";
import { processStartTime } from "#lib/process-identity.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { clusterDir } from "../installation/database.ts";
import { runHydra, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";

let database: TestDatabase;
let dir: TemporaryDataDir;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  dir = await temporaryDataDir();
});
afterEach(() => dir.remove());

function hydra(...args: string[]) {
  return runHydra(args, { HYDRA_DATA_DIR: dir.path, DATABASE_URL: database.url });
}

describe("hydra admin", () => {
  test("makes an operator, a key that is printed once, and credit that one key gives once", async () => {
    const user = await hydra("admin", "create-user", "--email", "Ops@Example.com", "--password", "correct horse", "--operator", "--json");
    expect(user).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(user.stdout)).toMatchObject({ email: "ops@example.com", role: "operator" });

    const key = await hydra("admin", "create-key", "--email", "ops@example.com", "--name", "laptop");
    expect(key.code).toBe(0);
    expect(isApiKeyShaped(key.stdout.trim())).toBe(true);
    expect(key.stderr).toContain("not shown again");
    const row = await database.db.apiKey.findFirstOrThrow({ where: { name: "laptop" } });
    expect(JSON.stringify({ ...row, hash: Buffer.from(row.hash).toString("latin1") })).not.toContain(key.stdout.trim());

    const credit = ["admin", "credit", "--email", "ops@example.com", "--amount", "12.5", "--idempotency-key", "k1", "--json"];
    const first = JSON.parse((await hydra(...credit)).stdout);
    const again = JSON.parse((await hydra(...credit)).stdout);
    expect(first).toMatchObject({ created: true, currency: "CNY" });
    expect(again).toEqual({ ...first, created: false });
  });

  test("lists what gateways have drawn, and gives back what a lost one had", async () => {
    await hydra("admin", "create-user", "--email", "lease@example.com", "--password", "correct horse");
    const { id } = await database.db.workspace.findFirstOrThrow({
      where: { memberships: { some: { user: { email: "lease@example.com" } } } },
    });
    await database.db.$queryRaw`SELECT * FROM draw_credit('gtw_lost', ${id}, 'op', 2500000000, 2500000000, 0, NULL)`;
    expect((await hydra("admin", "leases")).stdout).toMatch(/^gtw_lost {2}not running {2}u-[0-9a-f]{12} {2}2\.5 CNY$/m);
    expect(await hydra("admin", "leases", "--write-off", "gtw_lost")).toMatchObject({ code: 0, stdout: "Given back to 1 wallet.\n" });
    expect((await hydra("admin", "leases")).stdout).toBe("No gateway has drawn any credit.\n");
    expect(await hydra("admin", "leases", "--write-off", "gtw_lost")).toMatchObject({ code: 1, stdout: "" });
  });

  test("prints a link that sets a new password, and no word of it where there is no such user", async () => {
    await hydra("admin", "create-user", "--email", "lost@example.com", "--password", "correct horse");
    const made = await hydra("admin", "reset-password", "lost@example.com");
    expect(made.code).toBe(0);
    expect(made.stdout.trim()).toMatch(/^http:\/\/localhost:3000\/reset-password\?token=[\w-]{40,}$/);
    expect(made.stderr).toContain("It works once");
    expect((await hydra("admin", "reset-password", "--email", "lost@example.com", "--json")).code).toBe(0);
    expect(await hydra("admin", "reset-password", "nobody@example.com")).toMatchObject({ code: 1, stdout: "" });
    expect(await hydra("admin", "reset-password", "lost@example.com", "more")).toMatchObject({ code: 2, stdout: "" });
    expect(await hydra("admin", "reset-password")).toMatchObject({ code: 2, stdout: "" });
  });

  test("prints an invitation's token alone", async () => {
    const { code, stdout } = await hydra("admin", "invite", "--email", "new@example.com");
    expect(code).toBe(0);
    expect(stdout.trim()).toMatch(/^[\w-]{20,}$/);
  });

  test("adds a region from its file, changes it, and changes nothing where the file is wrong", async () => {
    const example = join(rootDir, "deploy", "kubernetes", "region.example.json");
    const added = await hydra("admin", "set-region", example);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    expect(added.stdout).toMatch(/^Added the region sh-02\. `hydra doctor` says/);
    const region = JSON.parse(await readFile(example, "utf8"));
    const file = `${dir.path}-region.json`;
    const [cheapest] = region.instanceTypes;
    await writeFile(
      file,
      JSON.stringify({ ...region, label: { en: "Elsewhere", zh: "别处" }, instanceTypes: [{ ...cheapest, hour: "29.5" }] }),
    );
    expect(JSON.parse((await hydra("admin", "set-region", file, "--json")).stdout)).toMatchObject({ added: false });
    const read = () =>
      database.db.region.findUniqueOrThrow({
        where: { name: "sh-02" },
        include: { instanceTypes: { orderBy: { name: "asc" }, include: { prices: { orderBy: { effectiveFrom: "asc" } } } } },
      });
    const changed = await read();
    expect([changed.driver, changed.labelEn]).toEqual(["kubernetes", "Elsewhere"]);
    const types = changed.instanceTypes.map(({ name, enabled, prices }) => [name, enabled, prices.map(({ hourNano }) => hourNano)]);
    expect(types).toEqual([
      ["h100-1", true, [28_000_000_000n, 29_500_000_000n]],
      ["h100-2", false, [56_000_000_000n]],
    ]);
    await writeFile(file, JSON.stringify({ ...region, instanceTypes: [{ ...cheapest, hour: "-1" }] }));
    const wrong = await hydra("admin", "set-region", file);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("instanceTypes.0.hour: must be an amount");
    expect(await hydra("admin", "set-region", `${file}.none`)).toMatchObject({ code: 2, stdout: "" });
    expect(await read()).toEqual(changed);
  });

  test("what the domain refuses goes to standard error with exit code 1, with --json as an object", async () => {
    const plain = await hydra("admin", "create-key", "--email", "nobody@example.com", "--name", "x");
    expect(plain).toMatchObject({ code: 1, stdout: "" });
    expect(plain.stderr).toMatch(/^There is no user with the email nobody@example\.com\./);
    const json = await hydra("admin", "credit", "--email", "nobody@example.com", "--amount", "1", "--json");
    expect(json).toMatchObject({ code: 1, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "not_found" } });
  });
});

test("verify-ledger prints the head of a whole ledger; a changed row is named, with exit code 1", async () => {
  const whole = await hydra("verify-ledger");
  expect(whole).toMatchObject({ code: 0, stderr: "" });
  const head = /Head: (\d+:[0-9a-f]{64})$/.exec(whole.stdout.trim())?.[1] ?? "";
  expect(JSON.parse((await hydra("verify-ledger", "--head", head, "--json")).stdout)).toMatchObject({ ok: true, head, broken: null });
  const other = await hydra(
    "verify-ledger",
    "--head",
    head.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
  );
  expect(other.code).toBe(1);
  expect(other.stderr).toContain("is not on the chain");
  await database.db.$transaction([
    database.db.$executeRaw`SET LOCAL session_replication_role = replica`,
    database.db
      .$executeRaw`UPDATE "ledger_transactions" SET "memo" = 'forged' WHERE "id" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 1)`,
  ]);
  const broken = await hydra("verify-ledger");
  expect(broken).toMatchObject({ code: 1, stdout: "" });
  expect(broken.stderr).toMatch(
    /^The ledger is broken after 0 whole transactions: link 1: transaction \d+ or its entries were changed\.$/m,
  );
});

describe("usage", () => {
  test.each([
    [["nonsense"], "There is no command `nonsense`"],
    [[], "Usage: hydra <command>"],
    [["admin"], "admin create-user"],
    [["migrate", "--nonsense"], "Unknown option '--nonsense'"],
    [["verify-ledger", "--head", "12"], "--head: must be <sequence>:<hash>"],
    [["migrate", "more"], "Unexpected argument 'more'"],
    [["admin", "create-user", "--email", "a@b.co"], "--password must be given."],
    [["admin", "create-user", "--email", "nonsense", "--password", "correct horse"], "--email: "],
    [["admin", "create-user", "--email", "a@b.co", "--password", "short"], "--password: "],
    [["admin", "credit", "--email", "a@b.co", "--amount=-5"], "--amount: must be above 0"],
    [["admin", "credit", "--email", "a@b.co", "--amount", "1e3"], "--amount: must be above 0"],
    [["admin", "credit", "--email", "a@b.co", "--amount", "0"], "--amount: must be above 0"],
  ])("%j is exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await hydra(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test.each([[["--help"]], [["up", "--help"]], [["admin", "credit", "--help"]], [["doctor", "-h"]]])(
    "%j is help on standard output",
    async (args) => {
      const { code, stdout, stderr } = await hydra(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("Usage: hydra");
    },
  );

  test("a wrong variable is one sentence that names it", async () => {
    const { code, stderr } = await runHydra(["doctor"], { HYDRA_DATA_DIR: dir.path, HYDRA_CURRENCY: "yuan" });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "HYDRA_CURRENCY: must be an ISO 4217 code such as CNY\n" });
  });
});

test("migrate starts the embedded PostgreSQL for its time, and has nothing to do twice", async () => {
  const first = await runHydra(["migrate", "--json"], { HYDRA_DATA_DIR: dir.path });
  expect(first.code, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout).applied.length).toBeGreaterThan(1);
  const log = await readFile(join(await clusterDir(dir.path), "data", "postmaster.pid"), "utf8").catch(() => null);
  expect(log && (await processStartTime(Number(log.split("\n")[0])))).toBeNull();
  // Two at once: the second waits for the first rather than losing its database.
  const both = await Promise.all([1, 2].map(() => runHydra(["migrate", "--json"], { HYDRA_DATA_DIR: dir.path })));
  expect(both.map(({ code, stdout }) => ({ code, stdout: stdout.trim() }))).toEqual([
    { code: 0, stdout: '{"applied":[]}' },
    { code: 0, stdout: '{"applied":[]}' },
  ]);
});

test("a further machine that does not know the installation's database and secret is refused, before anything runs", async () => {
  const refusal = /^With --gateway-only .* set DATABASE_URL to its database and HYDRA_SECRET to its secret/m;
  const halves: Record<string, string>[] = [{}, { DATABASE_URL: database.url }, { HYDRA_SECRET: "a secret that is long enough for tests" }];
  for (const env of halves) {
    const refused = await runHydra(["up", "--gateway-only"], { HYDRA_DATA_DIR: dir.path, ...env });
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(refusal);
  }
});
