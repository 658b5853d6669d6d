import type { Db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import type { TestDatabase } from "#test/database.ts";
import { deploy } from "../../model-services/deploy.ts";
import { type SignedIn, signedIn, visitor } from "../../test-context.ts";
import { credit } from "../../wallet/credit.ts";

/** 0.0036 an hour is 1,000 nano-units a second: every sum can be done in the head. */
export const secondNano = 1_000n;
export const hourNano = secondNano * 3_600n;

export interface Billed {
  db: Db;
  user: SignedIn;
  workspaceId: string;
  place: { regionId: string; instanceTypeId: string };
}

/** A workspace with this much credit, and an instance type of its own at {@link hourNano}. */
export async function createBilled({ db }: TestDatabase, creditNano: bigint): Promise<Billed> {
  const user = await signedIn(visitor(db, { signupCredit: 0 }));
  const { workspaceId } = user.actor;
  if (creditNano > 0n) await giveCredit(db, workspaceId, creditNano);
  const region = await db.region.findFirstOrThrow({ where: { name: "local" } });
  const size = { cpuMilli: 100, memoryBytes: 536_870_912n, parallel: 1, sortOrder: 99 };
  const type = await db.instanceType.create({ data: { id: newId("typ"), regionId: region.id, name: newId("typ").slice(-20), ...size } });
  await db.instancePrice.create({ data: { id: newId("prc"), instanceTypeId: type.id, effectiveFrom: new Date("2025-01-01"), hourNano } });
  return { db, user, workspaceId, place: { regionId: region.id, instanceTypeId: type.id } };
}

export async function giveCredit(db: Db, workspaceId: string, amountNano: bigint): Promise<void> {
  const ctx = { ...visitor(db), cli: true as const };
  await credit({ ctx, input: { workspaceId, amountNano, idempotencyKey: newId("acc") } });
}

export async function deployBilled({ user, place }: Billed, name: string, instances = 1): Promise<string> {
  const { id } = await deploy({ ctx: user, input: { modelSlug: "hydra-tiny", name, ...place, instances } });
  return id;
}

export async function addInstance(db: Db, serviceId: string): Promise<string> {
  const id = newId("ins");
  await db.instance.create({ data: { id, serviceId, token: "t" } });
  return id;
}

export type Step = "starting" | "ready" | "draining" | "backoff" | "stopped" | "pending";

/** Writes an instance's row as the deployer does when it comes into that state. */
export async function move(db: Db, id: string, state: Step, reason = ""): Promise<void> {
  const data = {
    state,
    reason,
    endpoint: state === "ready" ? "http://127.0.0.1:1" : null,
    readyAt: state === "ready" ? new Date() : null,
    stoppedAt: state === "stopped" ? new Date() : null,
  };
  await db.instance.update({ where: { id }, data });
}

/** Moves the database's clock, as billing sees it: forward for time that passes, either way for a clock that is set. */
export async function moveClock(db: Db, seconds: number): Promise<void> {
  await db.$executeRaw`UPDATE "billing_clock" SET "offsetMs" = "offsetMs" + ${seconds * 1_000}`;
}

export async function wallet(db: Db, workspaceId: string): Promise<{ balanceNano: bigint; leasedNano: bigint }> {
  return db.ledgerAccount.findFirstOrThrow({
    where: { kind: "wallet", workspaceId },
    select: { balanceNano: true, leasedNano: true },
  });
}
