import { randomBytes } from "node:crypto";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import type { Db } from "#lib/db/client.ts";
import { newId, newWorkspaceName } from "#lib/ids.ts";
import { nanoPerUnit } from "#lib/money/nano.ts";
import { awaitGateways } from "#lib/services/revocation/await-gateways.ts";

export interface TestCaller {
  userId: string;
  workspaceId: string;
  workspaceName: string;
  keyId: string;
  key: string;
}

/** A user with a personal workspace, a wallet and a key, which running gateways know. `creditNano` is posted to the ledger as sign-up does. */
export async function makeCaller(db: Db, creditNano: bigint = 100n * nanoPerUnit): Promise<TestCaller> {
  const userId = newId("usr");
  const workspaceId = newId("ws");
  const workspaceName = newWorkspaceName();
  const walletId = newId("acc");
  await db.user.create({ data: { id: userId, email: `${randomBytes(6).toString("hex")}@example.com`, name: "Test" } });
  await db.workspace.create({ data: { id: workspaceId, name: workspaceName, kind: "personal" } });
  await db.membership.create({ data: { workspaceId, userId, role: "owner" } });
  await db.ledgerAccount.create({ data: { id: walletId, kind: "wallet", workspaceId } });
  if (creditNano > 0n) {
    const grants = await db.ledgerAccount.findFirstOrThrow({ where: { kind: "grants" } });
    await db.ledgerTransaction.create({
      data: {
        kind: "signup_credit",
        idempotencyKey: `signup:${workspaceId}`,
        entries: {
          create: [
            { accountId: walletId, amountNano: creditNano },
            { accountId: grants.id, amountNano: -creditNano },
          ],
        },
      },
    });
  }
  const key = newApiKey();
  const keyId = newId("key");
  await db.apiKey.create({ data: { id: keyId, workspaceId, userId, name: "test", hash: hashApiKey(key), masked: maskApiKey(key) } });
  await caughtUp(db);
  return { userId, workspaceId, workspaceName, keyId, key };
}

/** Resolves when every gateway on that database has seen what is committed by now. */
export async function caughtUp(db: Db): Promise<void> {
  for (const topic of ["keys", "limits", "catalog"] as const) await awaitGateways(db, topic);
}

export interface ServiceOptions {
  owner: { workspaceId: string };
  name: string;
  modelSlug?: string;
  billing: "token" | "instance";
  /** Addresses of its ready instances. */
  endpoints: string[];
}

/** A running service with ready instances; returns its id and theirs. */
export async function makeService(db: Db, options: ServiceOptions): Promise<{ id: string; instanceIds: string[] }> {
  const model = await db.model.findUniqueOrThrow({ where: { slug: options.modelSlug ?? "hydra-tiny" } });
  const instanceType = await db.instanceType.findFirstOrThrow({ include: { region: true } });
  const id = newId("svc");
  await db.modelService.create({
    data: {
      id,
      workspaceId: options.owner.workspaceId,
      name: options.name,
      modelId: model.id,
      regionId: instanceType.regionId,
      instanceTypeId: instanceType.id,
      billing: options.billing,
      wantedInstances: Math.max(1, options.endpoints.length),
      state: options.endpoints.length > 0 ? "running" : "starting",
      reason: options.endpoints.length > 0 ? "" : "instances_starting",
    },
  });
  const instanceIds = options.endpoints.map(() => newId("ins"));
  await db.instance.createMany({
    data: options.endpoints.map((endpoint, index) => ({
      id: instanceIds[index] as string,
      serviceId: id,
      state: "ready" as const,
      endpoint,
      token: "instance-token",
      readyAt: new Date(),
    })),
  });
  await caughtUp(db);
  return { id, instanceIds };
}

/** A public service, billed by token at the model's price. */
export async function makePublicService(
  db: Db,
  options: Omit<ServiceOptions, "owner" | "billing">,
): Promise<{ id: string; instanceIds: string[] }> {
  const workspace = await db.workspace.findUniqueOrThrow({ where: { name: "public" } });
  return makeService(db, { ...options, owner: { workspaceId: workspace.id }, billing: "token" });
}
