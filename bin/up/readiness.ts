import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Refusal } from "../installation/refusal.ts";
import type { Child } from "./child.ts";
import { lastLines } from "./log-file.ts";
import type { StopRequest } from "./stop-request.ts";

const pollMs = 50;
const shownLines = 15;
const toleratedCrashes = 2;

/** Waits until every child serves. Refuses, with the end of its log, where one keeps crashing or takes too long. */
export async function untilReady(children: Child[], stop: StopRequest, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  await Promise.all(
    children.map(async (child) => {
      while (!(await child.isReady())) {
        stop.throwIfAsked();
        if (child.crashes > toleratedCrashes) throw await notStarted(child, "keeps crashing");
        if (performance.now() > end) throw await notStarted(child, `was not ready within ${limitMs / 1_000} s`);
        await sleep(pollMs);
      }
    }),
  );
}

async function notStarted(child: Child, how: string): Promise<Refusal> {
  const log = await lastLines(child.logFile, shownLines);
  return new Refusal(`${log}\nThe ${child.spec.name} ${how}. The lines above are the end of ${child.logFile}.`);
}

/**
 * Waits for the platform's own services to have a ready instance, so that a first call made at once succeeds; at most
 * `limitMs`, because they come up by themselves anyway.
 */
export async function untilPlatformServes(databaseUrl: string, stop: StopRequest, limitMs: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: limitMs });
  client.on("error", () => {});
  const end = performance.now() + limitMs;
  try {
    await client.connect();
    while (performance.now() < end) {
      stop.throwIfAsked();
      const { rowCount } = await client.query(`SELECT 1 FROM "model_services" s JOIN "workspaces" w ON w."id" = s."workspaceId"
        WHERE w."kind" = 'platform' AND s."deletedAt" IS NULL AND s."wanted" = 'running'
          AND NOT EXISTS (SELECT 1 FROM "instances" i WHERE i."serviceId" = s."id" AND i."state" = 'ready')`);
      if (rowCount === 0) return true;
      await sleep(pollMs);
    }
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
