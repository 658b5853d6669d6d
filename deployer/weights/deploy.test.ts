import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { createOwnModelInput } from "#lib/contracts/models.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { createOwnModel } from "#lib/services/models/create-own.ts";
import { signedIn, visitor } from "#lib/services/test-context.ts";
import { startTestHub, type TestHub } from "#test/hub.ts";
import { changeWanted, createService } from "#test/services-factory.ts";
import { eventually } from "../drivers/contract.ts";
import { createInstallation, end, type Installation } from "../testing/installation.ts";

let hub: TestHub;
let installation: Installation;

beforeEach(async () => {
  hub = await startTestHub();
  installation = await createInstallation({ HF_ENDPOINT: hub.endpoint });
  hub.put("someone/Tiny-GGUF", "tiny.gguf", await readFile(join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf")));
});
afterEach(async (context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
  await installation.dispose();
  await hub.close();
});

const service = (id: string) => installation.database.db.modelService.findUniqueOrThrow({ where: { id }, include: { instances: true } });

test("a user's own model: downloading with its progress, once for two services, then it answers", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const ctx = await signedIn(visitor(db));
  const hubs = createHubs({ hfEndpoint: hub.endpoint, hfToken: null, modelscopeEndpoint: hub.endpoint });
  const model = await createOwnModel({
    ctx,
    input: createOwnModelInput.parse({ repository: "someone/Tiny-GGUF", contextLength: 512 }),
    hubs,
  });
  hub.calls.length = 0;
  let cuts = 0;
  hub.trouble = ({ place }) => (place === "store" ? { pieceMs: 20, ...(cuts++ < 3 ? { cutAfter: 600_000 } : {}) } : undefined);

  const ids = await Promise.all(
    ["one", "two"].map((name) => createService(db, { workspaceId: ctx.actor.workspaceId, modelId: model.id, name })),
  );
  const deployer = await installation.startReady();
  const totalBytes = Number(model.weights?.sizeBytes);
  const seen = new Set<number>();
  await eventually(async () => {
    const row = await service(ids[0] ?? "");
    expect(row).toMatchObject({ state: "downloading", reason: "downloading_weights", reasonData: { totalBytes } });
    seen.add((row.reasonData as { doneBytes: number }).doneBytes);
    expect(seen.size).toBeGreaterThan(2);
  }, 20_000);
  for (const id of ids) await eventually(async () => expect((await service(id)).state).toBe("running"), 40_000);

  const whole = hub.calls.filter((call) => call.place === "store" && (call.range === null || call.range === "bytes=0-"));
  expect(whole).toHaveLength(1);
  expect(cuts).toBe(4);
  const facts = { sizeBytes: BigInt(totalBytes), architecture: "llama", chatTemplate: model.weights?.chatTemplate };
  expect(await db.modelWeights.findFirst({ where: { modelId: model.id } })).toMatchObject(facts);
  const [instance] = (await service(ids[0] ?? "")).instances;
  const answer = await fetch(`${instance?.endpoint}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${instance?.token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: `${ctx.actor.workspaceName}/one`, messages: [{ role: "user", content: "Hello" }], max_tokens: 16 }),
  });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: expect.stringMatching(/\w/) } }] });

  for (const id of ids) await changeWanted(db, id, { wanted: "deleted" });
  for (const id of ids) await eventually(async () => expect((await service(id)).state).toBe("deleted"), 20_000);
  await end(deployer, "SIGTERM");
});

test("a repository that is gated says so on the service's page, and what to do", { timeout: 60_000 }, async () => {
  const { db } = installation.database;
  const phi = await db.model.findUniqueOrThrow({ where: { slug: "phi-4" } });
  hub.put("bartowski/phi-4-GGUF", "phi-4-Q4_K_M.gguf", Buffer.alloc(10));
  hub.describe("bartowski/phi-4-GGUF", { gated: true });
  const deployer = await installation.startReady();
  const id = await createService(db, { modelId: phi.id });
  await eventually(async () => {
    expect(await service(id)).toMatchObject({ state: "failed", reason: "download_failed", reasonData: { retryInSeconds: 300 } });
  }, 20_000);
  expect((await service(id)).reasonData).toMatchObject({
    detail: expect.stringContaining("accept its licence on Hugging Face first. Set HF_TOKEN"),
  });
  await end(deployer, "SIGTERM");
});
