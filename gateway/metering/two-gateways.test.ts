import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testSecret } from "#gateway/testing/harness.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase } from "#test/database.ts";
import { makeCaller, makePublicService } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { startWall } from "#test/wall/wall.ts";
import { openGateway } from "../open.ts";
import { expectSound, logger, walletOf } from "./testing/money.ts";

const outputTokens = 5;
const tokenNano = 1_000n;
const priceNano = tokenNano * BigInt(outputTokens);
const k = 137;

test("1,000 parallel requests on credit for 137 of them, over two gateways: 137 are answered, the others told why", async () => {
  const database = await createTestDatabase();
  const { db } = database;
  const wall = await startWall();
  const { id: _, slug: __, ...facts } = await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } });
  const modelId = newId("mdl");
  await db.model.create({ data: { ...facts, id: modelId, slug: "exact" } });
  // Only what is written costs, and as much as is allowed is written: each call costs exactly its hold.
  const rates = { inputNano: 0n, cachedInputNano: 0n, outputNano: tokenNano };
  await db.tokenPrice.create({ data: { id: newId("prc"), modelId, effectiveFrom: new Date(0), ...rates } });
  await makePublicService(db, { name: "exact", modelSlug: "exact", endpoints: [wall.url] });
  const caller = await makeCaller(db, priceNano * BigInt(k) + priceNano - 1n);

  const dataDir = await mkdtemp(join(tmpdir(), "hydra-two-"));
  const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" };
  const gateways = [0, 1].map(() => openGateway({ databaseUrl: database.url, dataDir, secret: testSecret, settings, logger }));
  const ports = await Promise.all(gateways.map((gateway) => gateway.listen(0, "127.0.0.1")));

  const body = JSON.stringify({
    ...{ model: "public/exact", max_tokens: outputTokens },
    messages: [{ role: "user", content: wallPrompt({ tokens: outputTokens, delayMs: 2 }) }],
  });
  const headers = { "content-type": "application/json", authorization: `Bearer ${caller.key}` };
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const answer = await fetch(`http://127.0.0.1:${ports[index % 2]}/v1/chat/completions`, { method: "POST", headers, body });
      return { status: answer.status, retry: answer.headers.get("x-should-retry"), body: await answer.json() };
    }),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(k);
  for (const { status, retry, body: told } of answers) {
    if (status !== 200) expect([status, told.error.code, retry]).toEqual([429, "credit_balance_exhausted", "false"]);
  }
  expect(wall.calls).toHaveLength(k);
  expect(await Promise.all(gateways.map((gateway) => gateway.close()))).toEqual([0, 0]);
  expect(await walletOf(db, caller.workspaceId)).toEqual({ balanceNano: priceNano - 1n, leasedNano: 0n });
  expect(await db.usageRecord.count({ where: { workspaceId: caller.workspaceId, chargeNano: priceNano } })).toBe(k);
  await expectSound(db);
  await wall.close();
  await database.drop();
  await rm(dataDir, { recursive: true });
});
