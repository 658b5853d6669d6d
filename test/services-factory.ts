import type { Db } from "#lib/db/client.ts";
import { newId, newWorkspaceName } from "#lib/ids.ts";
import { nanoPerUnit } from "#lib/money/nano.ts";
import { post } from "#lib/services/ledger/post.ts";

/** A user with a personal workspace, straight in the database. */
export async function createUser(
  db: Db,
  email = `${newId("usr")}@example.com`,
): Promise<{ userId: string; workspaceId: string; workspaceName: string }> {
  const userId = newId("usr");
  const workspaceId = newId("ws");
  const workspaceName = newWorkspaceName();
  await db.user.create({ data: { id: userId, email, name: "Test" } });
  await db.workspace.create({
    data: { id: workspaceId, name: workspaceName, kind: "personal", memberships: { create: { userId, role: "owner" } } },
  });
  return { userId, workspaceId, workspaceName };
}

/** A model that the local driver would load from `weightsFile`, as if it came with Hydra; null for one that nothing here can run. */
export async function createModel(db: Db, weightsFile: string | null): Promise<string> {
  const id = newId("mdl");
  const size = { contextLength: 512, maxOutputTokens: 256 };
  const words = { name: "Test", provider: "Test", licence: "Apache-2.0", descriptionEn: "", descriptionZh: "" };
  const hosting = { offersToken: true, offersDedicated: true, sortOrder: 999 };
  await db.model.create({ data: { id, slug: `test-${id.slice(-12)}`, kind: "text_generation", ...words, ...size, ...hosting } });
  if (weightsFile === null) return id;
  await db.modelWeights.create({ data: { id: newId("wts"), modelId: id, source: "bundled", file: weightsFile, format: "gguf" } });
  return id;
}

/** A workspace with a wallet; default: credit that pays for instances for as long as any test lasts. */
export async function createFundedWorkspace(db: Db, creditNano: bigint = 1_000_000n * nanoPerUnit): Promise<string> {
  const { workspaceId } = await createUser(db);
  await db.ledgerAccount.create({ data: { id: newId("acc"), kind: "wallet", workspaceId } });
  await addCredit(db, workspaceId, creditNano);
  return workspaceId;
}

/** Gives a workspace so much more credit. */
export async function addCredit(db: Db, workspaceId: string, amountNano: bigint): Promise<void> {
  const entries = [
    { party: "grants" as const, amountNano: -amountNano },
    { party: { wallet: workspaceId }, amountNano },
  ];
  await db.$transaction((tx) => post(tx, { kind: "operator_credit", idempotencyKey: `test:${newId("req")}`, entries, at: new Date() }));
}

export interface ServiceChange {
  workspaceId?: string;
  name?: string;
  /** Default: the seeded demo model. */
  modelId?: string;
  wantedInstances?: number;
  /** Default: the smallest. */
  instanceTypeId?: string;
}

/** A service in the seeded region `local`, as a deploy verb would leave it: wanted, and nothing of it there yet. */
export async function createService(db: Db, change: ServiceChange = {}): Promise<string> {
  const id = newId("svc");
  const workspaceId = change.workspaceId ?? (await createFundedWorkspace(db));
  const modelId = change.modelId ?? (await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } })).id;
  const region = await db.region.findUniqueOrThrow({
    where: { name: "local" },
    include: { instanceTypes: { orderBy: { sortOrder: "asc" }, take: 1 } },
  });
  const type = region.instanceTypes[0];
  if (!type) throw new Error("the seed has no instance type");
  await db.modelService.create({
    data: {
      id,
      workspaceId,
      modelId,
      name: change.name ?? `test-${id.slice(-12)}`,
      regionId: region.id,
      instanceTypeId: change.instanceTypeId ?? type.id,
      billing: "instance",
      wantedInstances: change.wantedInstances ?? 1,
      reason: "waiting_for_deployer",
    },
  });
  return id;
}

/** Changes what is wanted, as the verbs of the console do. */
export async function changeWanted(
  db: Db,
  serviceId: string,
  wanted: { wantedInstances: number } | { wanted: "running" | "stopped" | "deleted" },
): Promise<void> {
  await db.modelService.update({ where: { id: serviceId }, data: { ...wanted, generation: { increment: 1 } } });
}
