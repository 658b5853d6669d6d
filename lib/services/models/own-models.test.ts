import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { rootDir } from "#lib/config.ts";
import { createOwnModelInput, modelDetail, modelList } from "#lib/contracts/models.ts";
import { createHubs, type Hubs } from "#lib/hub/hubs.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { hubToken, startTestHub, type TestHub } from "#test/hub.ts";
import { createService } from "#test/services-factory.ts";
import { signedIn, visitor } from "../test-context.ts";
import { createOwnModel } from "./create-own.ts";
import { getModel } from "./get.ts";
import { listModels } from "./list.ts";
import { removeOwnModel } from "./remove-own.ts";

let database: TestDatabase;
let hub: TestHub;
let tiny: Buffer;

beforeAll(async () => {
  database = await createTestDatabase();
  tiny = await readFile(join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf"));
});
afterAll(() => database.drop());
beforeEach(async () => {
  hub = await startTestHub();
  hub.put("someone/Tiny-GGUF", "Tiny-Q4_K_M.gguf", tiny);
  hub.put("someone/Tiny-GGUF", "Tiny-Q8_0.gguf", tiny);
  hub.put("someone/Tiny-GGUF", "README.md", Buffer.from("read me"), { lfs: false });
});
afterEach(() => hub.close());

function hubs(token: string | null = null): Hubs {
  return createHubs({ hfEndpoint: hub.endpoint, hfToken: token, modelscopeEndpoint: hub.endpoint });
}

const user = () => signedIn(visitor(database.db));

async function create(ctx: Awaited<ReturnType<typeof user>>, input: object, given: Hubs = hubs()) {
  return createOwnModel({ ctx, input: createOwnModelInput.parse(input), hubs: given });
}

describe("a model by its repository", () => {
  test("shows licence, chat template, context and size from the file's own header, without downloading it", async () => {
    const big = Buffer.concat([tiny, Buffer.alloc(6_000_000)]);
    hub.put("someone/Big-GGUF", "big.gguf", big);
    hub.describe("someone/Big-GGUF", { licence: "llama3.2" });
    const ctx = await user();
    const made = z
      .strictObject(modelDetail.shape)
      .parse(await create(ctx, { repository: "https://huggingface.co/someone/Big-GGUF/", name: "My model" }));
    expect(made).toMatchObject({
      name: "My model",
      provider: "someone",
      kind: "text_generation",
      own: true,
      licence: "llama3.2",
      contextLength: 1024,
      maxOutputTokens: 1024,
      parameters: "2410560",
      memory: { bytes: big.length, cacheBytesPerToken: 3840 },
      hosting: { token: false, dedicated: true },
      tokenPrice: null,
      tryUnavailable: "not_offered",
      deployUnavailable: null,
      weights: {
        source: "hub",
        hub: "huggingface",
        repository: "someone/Big-GGUF",
        revision: expect.stringMatching(/^[0-9a-f]{40}$/),
        file: "big.gguf",
        format: "gguf",
        sizeBytes: String(big.length),
        architecture: "llama",
        chatTemplate: expect.stringContaining("<|im_start|>"),
      },
    });
    expect(made.slug).toMatch(/^my-model-[0-9a-z]{6}$/);
    const row = await database.db.modelWeights.findFirstOrThrow({ where: { model: { slug: made.slug } } });
    expect(row.sha256).toBe(createHash("sha256").update(big).digest("hex"));
    const ranges = hub.calls.flatMap((call) => (call.place === "store" ? [call.range] : []));
    expect(ranges).toEqual(["bytes=0-1048575"]);
  });

  test("takes the usual file where there are several, another by name, and refuses what is not there with the choice", async () => {
    const ctx = await user();
    expect((await create(ctx, { repository: "someone/Tiny-GGUF" })).weights?.file).toBe("Tiny-Q4_K_M.gguf");
    expect((await create(ctx, { repository: "someone/Tiny-GGUF", file: "Tiny-Q8_0.gguf" })).weights?.file).toBe("Tiny-Q8_0.gguf");
    const refused = { code: "invalid_value", param: "file", message: expect.stringContaining("Tiny-Q4_K_M.gguf, Tiny-Q8_0.gguf") };
    await expect(create(ctx, { repository: "someone/Tiny-GGUF", file: "none.gguf" })).rejects.toMatchObject(refused);
    hub.put("someone/Two-GGUF", "a.gguf", tiny);
    hub.put("someone/Two-GGUF", "b.gguf", tiny);
    await expect(create(ctx, { repository: "someone/Two-GGUF" })).rejects.toMatchObject({
      param: "file",
      message: expect.stringContaining("a.gguf, b.gguf"),
    });
  });

  test("counts all parts of a split model, and takes the image encoder beside it", async () => {
    const ctx = await user();
    for (const part of ["big-00001-of-00002.gguf", "big-00002-of-00002.gguf", "mmproj-f16.gguf", "mmproj-f32.gguf"])
      hub.put("someone/Eyes-GGUF", part, tiny);
    const made = await create(ctx, { repository: "someone/Eyes-GGUF", contextLength: 512 });
    expect(made).toMatchObject({ kind: "image_understanding", contextLength: 512, parameters: null });
    expect(made.weights).toMatchObject({ file: "big-00001-of-00002.gguf", sizeBytes: String(3 * tiny.length) });
    const row = await database.db.modelWeights.findFirstOrThrow({ where: { model: { slug: made.slug } } });
    expect(row.projectorFile).toBe("mmproj-f16.gguf");
  });

  test("ModelScope, and safetensors for clusters, which no engine of this machine loads", async () => {
    const ctx = await user();
    expect((await create(ctx, { repository: "someone/Tiny-GGUF", hub: "modelscope" })).weights).toMatchObject({
      hub: "modelscope",
      revision: "master",
    });
    hub.put("someone/Safe", "model.safetensors", randomBytes(1_000));
    hub.put("someone/Safe", "config.json", Buffer.from('{"model_type":"qwen2","max_position_embeddings":32768}'), { lfs: false });
    hub.put("someone/Safe", "tokenizer_config.json", Buffer.from('{"chat_template":"{{ messages }}"}'), { lfs: false });
    const safe = await create(ctx, { repository: "someone/Safe" });
    expect(safe).toMatchObject({
      contextLength: 32_768,
      deployUnavailable: "no_weights",
      weights: { format: "safetensors", file: "", architecture: "qwen2", chatTemplate: "{{ messages }}" },
    });
    await database.db.region.create({ data: { id: "reg_k8s", name: "cluster", labelEn: "C", labelZh: "C", driver: "kubernetes" } });
    expect((await getModel({ ctx, input: { slug: safe.slug } })).deployUnavailable).toBeNull();
    await database.db.region.delete({ where: { id: "reg_k8s" } });
  });

  test.each([
    [
      { repository: "no/such" },
      { code: "invalid_value", param: "repository", message: expect.stringContaining("There is no repository no/such") },
    ],
    [
      { repository: "someone/Nothing" },
      { code: "invalid_value", param: "repository", message: expect.stringContaining("neither GGUF files nor safetensors") },
    ],
    [
      { repository: "someone/Broken-GGUF" },
      { code: "invalid_value", param: "file", message: expect.stringContaining("does not begin with the letters GGUF") },
    ],
    [{ repository: "someone/Short-GGUF" }, { code: "invalid_value", param: "file", message: expect.stringContaining("cut short") }],
  ])("%j is refused with its reason", async (input, error) => {
    hub.put("someone/Nothing", "README.md", Buffer.from("read me"), { lfs: false });
    hub.put("someone/Broken-GGUF", "x.gguf", randomBytes(5_000));
    hub.put("someone/Short-GGUF", "x.gguf", tiny.subarray(0, 20_000));
    const ctx = await user();
    await expect(create(ctx, input)).rejects.toMatchObject(error);
    expect(await database.db.model.count({ where: { workspaceId: ctx.actor.workspaceId } })).toBe(0);
  });

  test("one workspace asks a hub for one model at a time, and again once that is done", async () => {
    const [ctx, other] = [await user(), await user()];
    const input = { repository: "someone/Tiny-GGUF" };
    // Slow enough that the second comes before the first is done.
    hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 20 } : undefined);
    const both = await Promise.allSettled([create(ctx, input), create(ctx, input), create(other, input)]);
    // Whichever of the two comes second.
    expect(
      both
        .slice(0, 2)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "too_many_attempts" } });
    expect(both[2]?.status).toBe("fulfilled");
    hub.trouble = () => undefined;
    await create(ctx, input);
  });

  test("a hub in trouble is no fault of the caller's", async () => {
    hub.trouble = () => ({ status: 429, headers: { "retry-after": "7" } });
    await expect(create(await user(), { repository: "someone/Tiny-GGUF" })).rejects.toMatchObject({
      code: "upstream_error",
      retryAfterSeconds: 7,
    });
  });

  test("what only the installation's token can see is for operators alone", async () => {
    hub.put("secret/Tiny-GGUF", "tiny.gguf", tiny);
    hub.describe("secret/Tiny-GGUF", { private: true });
    const input = { repository: "secret/Tiny-GGUF" };
    await expect(create(await user(), input, hubs(hubToken))).rejects.toMatchObject({ code: "invalid_value", param: "repository" });
    const operator = await signedIn(visitor(database.db), { operator: true });
    expect((await create(operator, input, hubs(hubToken))).weights?.repository).toBe("secret/Tiny-GGUF");
  });

  test.each(["../x", "a/b/c", "a", "a/..", "-a/b", "https://evil.example/a/b", "a/b?x=1", "a b/c"])("%j is no repository", (repository) => {
    expect(createOwnModelInput.safeParse({ repository }).success).toBe(false);
  });
  test("an owner or a workspace in the body is refused", () => {
    expect(createOwnModelInput.safeParse({ repository: "a/b", workspaceId: "ws_1" }).success).toBe(false);
  });
});

describe("whose it is", () => {
  test("its workspace alone sees it, in lists and by its address", async () => {
    const [mine, other] = [await user(), await user()];
    const { slug } = await create(mine, { repository: "someone/Tiny-GGUF" });
    const slugs = async (ctx: Parameters<typeof listModels>[0]["ctx"]) =>
      modelList.parse(await listModels({ ctx })).items.map((item) => item.slug);
    expect(await slugs(mine)).toContain(slug);
    expect(await slugs(other)).not.toContain(slug);
    expect(await slugs(visitor(database.db))).not.toContain(slug);
    await expect(getModel({ ctx: other, input: { slug } })).rejects.toMatchObject({ code: "not_found" });
    await expect(removeOwnModel({ ctx: other, input: { slug } })).rejects.toMatchObject({ code: "not_found" });
    expect((await getModel({ ctx: mine, input: { slug } })).slug).toBe(slug);
  });

  test("it goes once no service runs on it, and the catalog's models never do", async () => {
    const ctx = await user();
    const { slug, id } = await create(ctx, { repository: "someone/Tiny-GGUF" });
    const serviceId = await createService(database.db, { workspaceId: ctx.actor.workspaceId, modelId: id, name: "busy" });
    await expect(removeOwnModel({ ctx, input: { slug } })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("busy"),
    });
    await database.db.modelService.update({
      where: { id: serviceId },
      data: { wanted: "deleted", state: "deleted", deletedAt: new Date() },
    });
    await removeOwnModel({ ctx, input: { slug } });
    await expect(getModel({ ctx, input: { slug } })).rejects.toMatchObject({ code: "not_found" });
    await expect(removeOwnModel({ ctx, input: { slug } })).rejects.toMatchObject({ code: "not_found" });
    await expect(removeOwnModel({ ctx, input: { slug: "phi-4" } })).rejects.toMatchObject({ code: "not_found" });
    const actions = await database.db.auditEvent.findMany({
      where: { targetId: id },
      orderBy: { id: "asc" },
      select: { action: true, workspaceId: true },
    });
    expect(actions).toEqual(["model.create", "model.delete"].map((action) => ({ action, workspaceId: ctx.actor.workspaceId })));
  });

  test("a visitor cannot bring one", async () => {
    const input = createOwnModelInput.parse({ repository: "someone/Tiny-GGUF" });
    await expect(createOwnModel({ ctx: visitor(database.db), input, hubs: hubs() })).rejects.toMatchObject({ code: "sign_in_required" });
    expect(hub.calls).toEqual([]);
  });
});

describe("the database itself refuses", () => {
  const weights = { source: "hub", hub: "huggingface", repository: "a/b", revision: "main", file: "x.gguf", format: "gguf" } as const;
  test.each([
    { file: "../x.gguf" },
    { file: "/etc/passwd" },
    { file: "a/../x.gguf" },
    { file: ".hidden" },
    { file: "--model" },
    { file: "" },
    { projectorFile: "../x" },
    { repository: "../b" },
    { repository: "" },
    { revision: "-x" },
    { hub: null },
    { source: "import" as const },
    { sha256: "abc" },
    { sizeBytes: 0 },
  ])("weights such as %j", async (change) => {
    const { id: modelId } = await database.db.model.findUniqueOrThrow({ where: { slug: "deepseek-r1" } });
    const data = { id: "wts_bad", modelId, ...weights, ...change };
    await expect(database.db.modelWeights.create({ data })).rejects.toThrow(/check|constraint/i);
  });

  test("a workspace's model that is offered by token", async () => {
    const { actor } = await user();
    const own = { workspaceId: actor.workspaceId };
    await expect(database.db.model.update({ where: { slug: "deepseek-r1" }, data: own })).rejects.toThrow(/models_own_dedicated/);
  });
});
