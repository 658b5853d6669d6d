import type { DbLike } from "#lib/db/client.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { actorName, type Context } from "../context.ts";

export interface AuditEntry {
  /** `<entity>.<verb>`, e.g. `service.scale`. */
  action: string;
  targetType: "user" | "session" | "invitation" | "workspace" | "service" | "api_key" | "model" | "region" | "upstream";
  targetId: string;
  /** The workspace that the change belongs to; null where it belongs to none. */
  workspaceId: string | null;
  /** Never a secret. */
  data?: Prisma.InputJsonObject;
}

/** Writes who did what. Call it in the transaction of the change itself, so that neither is there without the other. */
export async function recordAudit(tx: DbLike, ctx: Context, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({ data: { at: ctx.now(), actor: actorName(ctx), ...entry, data: entry.data ?? {} } });
}
