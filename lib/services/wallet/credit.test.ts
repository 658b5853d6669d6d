import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { readBalance } from "./balance.ts";
import { credit } from "./credit.ts";

let database: TestDatabase;
let operator: SignedIn;
beforeAll(async () => {
  database = await createTestDatabase();
  operator = await signedIn(visitor(database.db), { operator: true });
});
afterAll(() => database.drop());

test("twenty credits under one key at once: one is given", async () => {
  const user = await signedIn(visitor(database.db, { signupCredit: 1 }));
  const { workspaceId } = user.actor;
  const input = { workspaceId, amountNano: 5_000_000_000n, idempotencyKey: "gift-1", memo: "welcome" };
  const results = await Promise.all(Array.from({ length: 20 }, () => credit({ ctx: operator, input })));
  expect(results.filter((result) => result.created)).toHaveLength(1);
  expect(new Set(results.map((result) => result.transactionId)).size).toBe(1);
  expect(await readBalance({ ctx: user })).toEqual({ balanceNano: "6000000000", currency: "CNY" });
  const audit = await database.db.auditEvent.findMany({ where: { action: "workspace.credit", targetId: workspaceId } });
  expect(audit).toMatchObject([{ actor: operator.actor.userId, data: { amountNano: "5000000000", memo: "welcome" } }]);
});

test("credits under different keys at once all arrive", async () => {
  const users = [await signedIn(visitor(database.db)), await signedIn(visitor(database.db))];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const user = users[index % 2] as SignedIn;
      return credit({ ctx: operator, input: { workspaceId: user.actor.workspaceId, amountNano: 1n, idempotencyKey: `many-${index}` } });
    }),
  );
  for (const user of users) expect((await readBalance({ ctx: user })).balanceNano).toBe("100000000010");
});

test("a key that was used for another credit is refused", async () => {
  const { actor } = await signedIn(visitor(database.db));
  const input = { workspaceId: actor.workspaceId, amountNano: 10n, idempotencyKey: "gift-2" };
  await credit({ ctx: operator, input });
  await expect(credit({ ctx: operator, input: { ...input, amountNano: 11n } })).rejects.toMatchObject({
    code: "idempotency_key_reused",
    status: 422,
  });
});

test("an amount must be above zero and sane, the workspace must have a wallet, the caller must be an operator", async () => {
  const user = await signedIn(visitor(database.db));
  const input = { workspaceId: user.actor.workspaceId, amountNano: 1n, idempotencyKey: "gift-3" };
  for (const amountNano of [0n, -5n, 10n ** 18n]) {
    await expect(credit({ ctx: operator, input: { ...input, amountNano } })).rejects.toMatchObject({
      code: "invalid_value",
      param: "amount",
    });
  }
  await expect(credit({ ctx: operator, input: { ...input, idempotencyKey: " " } })).rejects.toMatchObject({ param: "idempotencyKey" });
  const platform = await database.db.workspace.findUniqueOrThrow({ where: { name: "public" } });
  for (const workspaceId of ["ws_none", platform.id]) {
    await expect(credit({ ctx: operator, input: { ...input, workspaceId } })).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(credit({ ctx: user, input })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(credit({ ctx: visitor(database.db), input })).rejects.toMatchObject({ code: "sign_in_required" });
  expect(await database.db.ledgerTransaction.count({ where: { idempotencyKey: "operator-credit:gift-3" } })).toBe(0);
  expect(await credit({ ctx: { ...visitor(database.db), cli: true }, input })).toMatchObject({
    created: true,
    balanceNano: "100000000001",
  });
});
