import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { checkInvariants } from "../invariants/check.ts";
import { signedIn, visitor } from "../test-context.ts";
import { listLeases } from "./list-leases.ts";
import { writeOffLeases } from "./write-off-leases.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("what a lost gateway had drawn is listed and given back, once, by an operator alone; a running one keeps it", async () => {
  const { db } = database;
  const user = await signedIn(visitor(db, { signupCredit: 1 }));
  const operator = await signedIn(visitor(db), { operator: true });
  const { workspaceId } = user.actor;
  for (const gateway of ["gtw_lost", "gtw_running"])
    await db.$queryRaw`SELECT * FROM draw_credit(${gateway}, ${workspaceId}, ${gateway}, 300, 300, 0, NULL)`;
  await db.gateway.create({ data: { id: "gtw_running", incarnation: "1", leaseUntil: new Date(Date.now() + 45_000) } });
  await db.gateway.create({ data: { id: "gtw_lost", incarnation: "1", leaseUntil: new Date(Date.now() - 1_000) } });

  expect((await listLeases({ ctx: operator })).map(({ gatewayId, running, amountNano }) => [gatewayId, running, amountNano])).toEqual([
    ["gtw_lost", false, "300"],
    ["gtw_running", true, "300"],
  ]);
  await expect(listLeases({ ctx: user })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(writeOffLeases({ ctx: user, input: { gatewayId: "gtw_lost" } })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(writeOffLeases({ ctx: operator, input: { gatewayId: "gtw_running" } })).rejects.toMatchObject({ code: "conflict" });
  expect(await writeOffLeases({ ctx: operator, input: { gatewayId: "gtw_lost" } })).toEqual([{ workspaceId, amountNano: "300" }]);
  await expect(writeOffLeases({ ctx: operator, input: { gatewayId: "gtw_lost" } })).rejects.toMatchObject({ code: "not_found" });
  expect(await db.ledgerAccount.findFirst({ where: { workspaceId } })).toMatchObject({ balanceNano: 1_000_000_000n, leasedNano: 300n });
  expect(await db.auditEvent.findMany({ where: { action: "workspace.write_off_lease" } })).toMatchObject([
    { actor: operator.actor.userId, targetId: workspaceId, data: { gatewayId: "gtw_lost", amountNano: "300" } },
  ]);
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
});
