import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "#lib/ids.ts";
import { createLogger } from "#lib/observability/logger.ts";
import type { AdmittedCall, UsageEntry } from "../../ports.ts";
import { openMoney } from "../open-money.ts";

/** What the parent tells it, as JSON in the first argument. */
export interface VictimOrder {
  url: string;
  gatewayId: string;
  dir: string;
  /** Each token goes into this file before the gateway hears of it: "<request id> <tokens so far>". */
  emittedFile: string;
  calls: number;
  /** So many of them stop after so many tokens. */
  silent: number;
  silentAfter: number;
  heldNano: string;
  facts: Pick<AdmittedCall, "principal" | "service" | "modelId">;
  priceId: string;
}

/** A gateway's process with open calls that emit tokens until it is killed; a tenth of them end. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? "") as VictimOrder;
  const { url, gatewayId, dir, facts } = order;
  const logger = createLogger("victim", { level: "silent", format: "json" });
  const limits = { maxWaitingRecords: 20_000, flushMs: 5_000, lookupMs: 5_000 };
  const money = openMoney({ url, gatewayId, dir, logger, limits });
  await money.start();
  const price = { id: order.priceId, rates: { inputNano: 1n, cachedInputNano: 1n, outputNano: 1n } };
  const open = await Promise.all(
    Array.from({ length: order.calls }, async () => {
      const requestId = newId("req");
      const call = { ...facts, requestId, route: "/v1/chat/completions", streamed: true, price, startedAt: new Date() };
      const hold = await money.credit.hold(requestId, facts.principal.workspaceId, BigInt(order.heldNano));
      return { call, metered: money.metering.admitted(call, hold), tokens: 0 };
    }),
  );
  const file = openSync(order.emittedFile, "a");
  process.stdout.write("open\n");
  for (let round = 0; ; round++) {
    for (const [index, one] of open.entries()) {
      // Some fall silent: what they had come to must be known to the token.
      if (index < order.silent && one.tokens === order.silentAfter) continue;
      one.tokens += 1;
      writeSync(file, `${one.call.requestId} ${one.tokens}\n`);
      one.metered.progress({ input: 0, cached: 0, output: one.tokens });
    }
    if (round > 0 && round % 5 === 0 && open.length > order.calls * 0.9) {
      const ended = open.pop();
      if (ended) ended.metered.record(endOf(ended.call, ended.tokens));
    }
    await sleep(20);
  }
}

function endOf(call: AdmittedCall, output: number): UsageEntry {
  return {
    ...call,
    ...{ instanceId: null, outcome: "completed", status: 200, errorCode: null, source: "engine", firstTokenMs: 1, durationMs: 2 },
    tokens: { input: 0, cached: 0, output },
  };
}

await main();
