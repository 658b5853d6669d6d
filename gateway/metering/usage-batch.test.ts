import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { usageBatch } from "./usage-batch.ts";
import type { UsageRow } from "./usage-row.ts";
import { usageText } from "./usage-text.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A row of which no two values of one type are the same, so that one in a wrong column shows. */
const distinct: UsageRow = {
  ...{ requestId: "req_1", workspaceId: "ws_1", userId: "usr_1", keyId: "key_1", serviceId: "svc_1", instanceId: "ins_1" },
  ...{ modelId: "mdl_1", accessName: "public/tiny", route: "/v1/embeddings", streamed: true, outcome: "timeout", status: 504 },
  ...{ errorCode: "upstream_timeout", source: "counted", inputTokens: 70, cachedTokens: 60, outputTokens: 50, reasoningTokens: 40 },
  ...{ images: 30, tokenPriceId: "prc_1", costNano: "9007199254740993", chargeNano: "9007199254740995" },
  ...{ startedAt: "2026-11-20T10:11:12.345Z", firstTokenMs: 20, durationMs: 10 },
};

/** What PostgreSQL reads: each line with its party, by the names of the columns. */
async function read(rows: readonly UsageRow[]): Promise<unknown[]> {
  const { parties, lines } = usageBatch(rows.map(usageText));
  const found = await database.db.$queryRaw<{ row: Record<string, unknown> }[]>`
    SELECT (to_jsonb(l) || to_jsonb(p)) - 'party' - 'ordinality' || jsonb_build_object(
      'costNano', l."costNano"::text, 'chargeNano', l."chargeNano"::text,
      'startedAt', to_char(l."startedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS "row"
    FROM unnest(${lines}::usage_line[]) WITH ORDINALITY AS l JOIN unnest(${parties}::usage_party[]) WITH ORDINALITY AS p ON p."ordinality" = l."party"
    ORDER BY l."ordinality"`;
  return found.map(({ row }) => row);
}

test("each value is read in its own column", async () => {
  expect(await read([distinct])).toEqual([distinct]);
});

test("what calls have in common is sent once, and each call has its own again", async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    ...distinct,
    requestId: `req_${index}`,
    keyId: index % 4 ? `key_${index % 4}` : null,
  }));
  expect(await read(rows)).toEqual(rows);
  expect(usageBatch(rows.map(usageText)).parties.match(/svc_1/g)).toHaveLength(4);
  expect(await read([])).toEqual([]);
});

test("calls that differ in one thing alone do not pass for the same kind", async () => {
  const others = { streamed: false, outcome: "completed", status: 200, source: "engine" } as const;
  const names = [
    "workspaceId",
    "userId",
    "keyId",
    "serviceId",
    "instanceId",
    "modelId",
    "accessName",
    "route",
    "errorCode",
    "tokenPriceId",
  ];
  const rows = [...Object.entries(others), ...names.map((name) => [name, "other"] as const)].flatMap(([name, value], index) => [
    { ...distinct, requestId: `req_a${index}` },
    { ...distinct, requestId: `req_b${index}`, [name]: value },
  ]);
  expect(await read(rows)).toEqual(rows);
  expect(usageBatch(rows.map(usageText)).parties.match(/timeout|completed/g)?.length).toBeGreaterThan(14);
});

test("whatever stands in a text comes out as it was, and null is no empty text", async () => {
  const text = fc.oneof(
    fc.constantFrom(
      "",
      " ",
      "null",
      "NULL",
      '"',
      "\\",
      "\\\\",
      '\\"',
      "(",
      ")",
      ",",
      "{",
      "}",
      "(a,b)",
      '{"a"}',
      "a\nb",
      "'",
      "中文",
      "\u{1F40D}",
    ),
    fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", "")),
  );
  const row = fc
    .record({ requestId: text, accessName: text, route: text, workspaceId: text, keyId: fc.option(text), errorCode: fc.option(text) })
    .map((texts) => ({ ...distinct, ...texts }));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
      expect(await read(rows)).toEqual(rows);
    }),
    { numRuns: 60, seed: 11 },
  );
});

test("what an old or damaged journal line lacks is null; what does not fit its column is refused as data", async () => {
  const { errorCode: _, images: __, startedAt: ___, ...partial } = distinct;
  expect(await read([partial as UsageRow])).toEqual([{ ...partial, errorCode: null, images: null, startedAt: null }]);
  for (const wrong of [
    { images: 1.5 },
    { costNano: "9223372036854775808" },
    { status: [1, 2] as unknown as number },
    { requestId: "a\0b" },
  ]) {
    await expect(read([{ ...distinct, ...wrong }])).rejects.toThrow(/Code: `22/);
  }
});
