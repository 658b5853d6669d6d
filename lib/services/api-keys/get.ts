import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";
import { type Context, requireActor } from "../context.ts";
import { findKey } from "./find.ts";
import { viewOf } from "./view.ts";

const dayMs = 86_400_000;
/** Of the workspace, so that a page that is left open costs little however much is called. */
const mostCalls = 50_000;

/** One key, with what it has cost and called lately. `not_found` for another's, or a deleted one. */
export async function getApiKey({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ApiKeyDetail> {
  const { workspaceId } = requireActor(ctx);
  const { id } = input;
  const now = ctx.now();
  const row = await findKey(ctx.db, { id, workspaceId });
  const [spent, recent] = await Promise.all([spentBy(ctx, id, now), callsSince(ctx, { id, workspaceId }, now)]);
  return { ...viewOf(row, now), currency: ctx.config.currency, ...spent, ...recent };
}

async function spentBy(ctx: Context, subject: string, now: Date): Promise<Pick<ApiKeyDetail, "spentDayNano" | "spentMonthNano">> {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const days = await ctx.db.spendDay.findMany({ where: { subject, day: { gte: monthStart } }, select: { day: true, chargedNano: true } });
  const sum = (from: Date) => days.filter((one) => one.day >= from).reduce((total, one) => total + one.chargedNano, 0n);
  return { spentDayNano: sum(day).toString(), spentMonthNano: sum(monthStart).toString() };
}

interface CallRow {
  accessName: string;
  calls: number;
  lastAt: Date;
  seen: number;
}

async function callsSince(
  ctx: Context,
  { id, workspaceId }: { id: string; workspaceId: string },
  now: Date,
): Promise<Pick<ApiKeyDetail, "recentCalls" | "recentCapped">> {
  const from = new Date(now.getTime() - dayMs);
  const rows = await ctx.db.$queryRaw<CallRow[]>`
    WITH "latest" AS MATERIALIZED (
      SELECT "keyId", "accessName", "startedAt" FROM "usage_records"
      WHERE "workspaceId" = ${workspaceId} AND "startedAt" >= ${from} ORDER BY "startedAt" DESC LIMIT ${mostCalls}
    )
    SELECT "accessName", count(*)::int AS "calls", max("startedAt") AS "lastAt", (SELECT count(*)::int FROM "latest") AS "seen"
    FROM "latest" WHERE "keyId" = ${id} GROUP BY "accessName" ORDER BY "calls" DESC, "accessName" LIMIT 10`;
  const recentCalls = rows.map(({ accessName, calls, lastAt }) => ({ accessName, calls, lastAt: lastAt.toISOString() }));
  return { recentCalls, recentCapped: (rows[0]?.seen ?? 0) >= mostCalls };
}
