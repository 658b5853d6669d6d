import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "#lib/observability/logger.ts";
import type { UsageRecord } from "#prisma/generated/client.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { caughtUp, makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import type { GatewaySettings } from "../gateway.ts";
import type { Limits } from "../limits.ts";
import { type OpenGateway, openGateway } from "../open.ts";

export const testSecret = "a secret of the tests, long enough";

export interface Harness {
  database: TestDatabase;
  gateway: OpenGateway;
  wall: Wall;
  /** Address of the gateway, without `/v1`. */
  url: string;
  port: number;
  caller: TestCaller;
  /** Access name of a public service whose one instance is the wall. */
  model: string;
  /** POSTs JSON as the caller. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The usage record of a request, once it is written. */
  usage(requestId: string | null): Promise<UsageRecord>;
  /** Resolves when every gateway has seen what is committed by now. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** A gateway in this process, on a database of its own, before a wall. */
export async function startHarness(limits: Partial<Limits> = {}, more: Partial<GatewaySettings> = {}): Promise<Harness> {
  const database = await createTestDatabase();
  const wall = await startWall();
  const caller = await makeCaller(database.db);
  await makePublicService(database.db, { name: "wall", endpoints: [wall.url] });
  const logger = createLogger("gateway", { level: "silent", format: "json" });
  const dataDir = await mkdtemp(join(tmpdir(), "hydra-gateway-"));
  const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY", ...more };
  const given = { databaseUrl: database.url, dataDir, secret: testSecret, settings, logger, limits: { drainMs: 500, ...limits } };
  const gateway = openGateway(given);
  const port = await gateway.listen(0, "127.0.0.1");
  const url = `http://127.0.0.1:${port}`;
  return {
    database,
    gateway,
    wall,
    url,
    port,
    caller,
    model: "public/wall",
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}`, ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    usage: (requestId) => untilUsage(database, requestId),
    caughtUp: () => caughtUp(database.db),
    async close() {
      await gateway.close();
      await wall.close();
      await database.drop();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function untilUsage(database: TestDatabase, requestId: string | null): Promise<UsageRecord> {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    const row = requestId ? await database.db.usageRecord.findUnique({ where: { requestId } }) : null;
    if (row) return row;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no usage record for ${requestId}`);
}

/** The `data:` payloads of a stream's text, and its comment lines. */
export function readEvents(text: string): { data: string[]; comments: string[] } {
  const blocks = text.split("\n\n").filter(Boolean);
  return {
    data: blocks.filter((block) => block.startsWith("data: ")).map((block) => block.slice("data: ".length)),
    comments: blocks.filter((block) => block.startsWith(":")),
  };
}
