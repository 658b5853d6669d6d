import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { rootDir } from "#lib/config.ts";
import { modelDetail, modelList, regionList } from "#lib/contracts/models.ts";
import { readGgufFile } from "#lib/gguf/file.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { visitor } from "../test-context.ts";
import { getModel } from "./get.ts";
import { listModels } from "./list.ts";
import { listRegions } from "./regions.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.instance.deleteMany();
});

/** Hosting columns as the source's table has them. */
const hosting: Record<string, "token" | "dedicated" | "both"> = {
  "hydra-tiny": "both",
  "deepseek-r1": "token",
  "deepseek-v3": "token",
  "phi-4": "dedicated",
  "phi-3.5-mini-instruct": "dedicated",
  "qwen2-0.5b-instruct": "dedicated",
  "qwen2.5-7b-instruct": "both",
  "qwen2.5-14b-instruct": "dedicated",
  "qwen2.5-coder-32b-instruct": "dedicated",
  "qwen2.5-72b-instruct-awq": "both",
  "baichuan2-13b-chat": "dedicated",
  "llama-3.2-11b-vision-instruct": "both",
  "glm-4-9b-chat": "both",
};

test("the catalog reads as its contract says, with the hosting of the source's table", async () => {
  const { items } = modelList.parse(await listModels({ ctx: visitor(database.db) }));
  const found = items.map((item) => [item.slug, item.hosting.token ? (item.hosting.dedicated ? "both" : "token") : "dedicated"]);
  expect(Object.fromEntries(found)).toEqual(hosting);
  expect(items.filter((item) => item.hot).map((item) => item.name)).toEqual(["DeepSeek-R1", "DeepSeek-V3"]);
  expect(items.filter((item) => item.demo).map((item) => item.slug)).toEqual(["hydra-tiny"]);
  expect(items.filter((item) => item.kind !== "text_generation").map((item) => [item.slug, item.kind])).toEqual([
    ["llama-3.2-11b-vision-instruct", "image_understanding"],
  ]);
  // The file itself says it; what is not downloaded yet says nothing.
  const { sizeBytes, cacheBytesPerToken } = await readGgufFile(join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf"));
  expect(Object.fromEntries(items.map((item) => [item.slug, item.memory]))).toMatchObject({
    "hydra-tiny": { bytes: sizeBytes, cacheBytesPerToken },
    "phi-4": null,
  });
  for (const item of items) {
    expect([item.slug, item.tokenPrice !== null, item.dedicatedFromNano]).toEqual([
      item.slug,
      item.hosting.token,
      item.deployUnavailable === null ? "360000000" : null,
    ]);
  }
});

test("why a model cannot be tried or deployed", async () => {
  const { db } = database;
  const ctx = visitor(db);
  const reasons = async (slug: string) => {
    const model = await getModel({ ctx, input: { slug } });
    return [model.tryUnavailable, model.deployUnavailable];
  };
  expect(await reasons("deepseek-r1")).toEqual(["no_public_service", "not_offered"]);
  expect(await reasons("phi-4")).toEqual(["not_offered", null]);
  expect(await reasons("baichuan2-13b-chat")).toEqual(["not_offered", "no_weights"]);
  expect(await reasons("glm-4-9b-chat")).toEqual(["no_public_service", null]);
  expect(await reasons("hydra-tiny")).toEqual(["not_ready", null]);

  const service = await db.modelService.findFirstOrThrow({ where: { name: "hydra-tiny" } });
  const instance = { id: "ins_1", serviceId: service.id, token: "t", endpoint: "http://127.0.0.1:1", readyAt: new Date() };
  await db.instance.create({ data: { ...instance, state: "starting" } });
  expect(await reasons("hydra-tiny")).toEqual(["not_ready", null]);
  await db.instance.update({ where: { id: "ins_1" }, data: { state: "ready" } });
  expect(await reasons("hydra-tiny")).toEqual([null, null]);
  const served = async () => (await getModel({ ctx, input: { slug: "hydra-tiny" } })).servedContextLength;
  expect(await served()).toBeNull();
  await db.instance.update({ where: { id: "ins_1" }, data: { contextLength: 768 } });
  expect(await served()).toBe(768);

  await db.modelService.update({ where: { id: service.id }, data: { wanted: "stopped" } });
  expect(await reasons("hydra-tiny")).toEqual(["no_public_service", null]);
  await db.modelService.update({ where: { id: service.id }, data: { wanted: "running" } });
  const early = { ...ctx, now: () => new Date("2024-12-31T23:59:59Z") };
  expect(await getModel({ ctx: early, input: { slug: "hydra-tiny" } })).toMatchObject({
    tokenPrice: null,
    dedicatedFromNano: null,
    tryUnavailable: "not_offered",
  });
});

test("the price in force is the newest whose time has come", async () => {
  const { db } = database;
  const ctx = visitor(db);
  const { id } = await db.model.findUniqueOrThrow({ where: { slug: "deepseek-v3" } });
  const rates = { modelId: id, cachedInputNano: 1n, outputNano: 1n };
  const at = (ms: number) => new Date(ctx.clock.ms + ms);
  await db.tokenPrice.createMany({
    data: [
      { id: "prc_now", effectiveFrom: at(0), inputNano: 77n, ...rates },
      { id: "prc_later", effectiveFrom: at(60_000), inputNano: 88n, ...rates },
    ],
  });
  const input = async () => (await getModel({ ctx, input: { slug: "deepseek-v3" } })).tokenPrice?.inputNano;
  ctx.clock.ms -= 1;
  expect(await input()).toBe("2000");
  ctx.clock.ms += 1;
  expect(await input()).toBe("77");
  ctx.clock.ms += 60_000;
  expect(await input()).toBe("88");
});

test("one model, with the address of calls by token", async () => {
  const ctx = visitor(database.db);
  const local = z.strictObject(modelDetail.shape).parse(await getModel({ ctx, input: { slug: "hydra-tiny" } }));
  expect(local).toMatchObject({ accessName: "public/hydra-tiny", endpoint: "http://localhost:8080/v1", parameters: "2408448" });
  const hosted = visitor(database.db, { domain: "d.example" });
  expect((await getModel({ ctx: hosted, input: { slug: "hydra-tiny" } })).endpoint).toBe("https://chat.d.example/v1");
  await expect(getModel({ ctx, input: { slug: "gpt" } })).rejects.toMatchObject({ code: "not_found" });
});

test("regions show what is open, with the price of an hour", async () => {
  const { db } = database;
  const ctx = visitor(db);
  const { items } = regionList.parse(await listRegions({ ctx }));
  expect(items).toMatchObject([{ name: "local", label: { en: "This machine", zh: "本机" } }]);
  expect(items[0]?.instanceTypes.map((type) => [type.name, type.parallel, type.memoryBytes, type.hourNano])).toEqual([
    ["cpu-small", 4, "1073741824", "360000000"],
    ["cpu-medium", 8, "2147483648", "720000000"],
    ["cpu-large", 16, "4294967296", "1440000000"],
  ]);
  await db.instanceType.updateMany({ where: { name: "cpu-small" }, data: { enabled: false } });
  expect((await listRegions({ ctx })).items[0]?.instanceTypes).toHaveLength(2);
  expect((await getModel({ ctx, input: { slug: "hydra-tiny" } })).dedicatedFromNano).toBe("720000000");
  await db.region.updateMany({ data: { enabled: false } });
  expect((await listRegions({ ctx })).items).toEqual([]);
  expect((await getModel({ ctx, input: { slug: "hydra-tiny" } })).dedicatedFromNano).toBeNull();
  await db.region.updateMany({ data: { enabled: true } });
  await db.instanceType.updateMany({ data: { enabled: true } });
});
