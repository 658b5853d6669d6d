import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { type KeyRow, withRotation } from "./view.ts";

/** A key of the workspace that is not deleted, or `not_found`: the same for another's as for none. */
export async function findKey(db: DbLike, where: { id: string; workspaceId: string }): Promise<KeyRow> {
  const row = await db.apiKey.findFirst({ where: { ...where, revokedAt: null }, include: withRotation });
  if (!row) throw keyNotFound();
  return row;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockKey(tx: DbLike, { id, workspaceId }: { id: string; workspaceId: string }): Promise<KeyRow> {
  await tx.$queryRaw`SELECT 1 FROM "api_keys" WHERE "id" = ${id} AND "workspaceId" = ${workspaceId} FOR NO KEY UPDATE`;
  return findKey(tx, { id, workspaceId });
}

export function keyNotFound(): AppError {
  return new AppError("not_found", "There is no such API key.");
}
