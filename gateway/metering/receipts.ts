import type { TokenRates } from "#lib/money/usage.ts";
import type { Receipt, Receipts } from "../ports.ts";
import type { Store } from "../snapshot/store.ts";

interface Row extends Pick<Receipt, "keyId" | "route" | "startedAt" | "durationMs" | "status" | "outcome" | "errorCode" | "source"> {
  model: string;
  costNano: bigint;
  chargeNano: bigint;
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  images: number;
  priceId: string | null;
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
  imageNano: bigint | null;
}

const rowText = `
  SELECT u."keyId", u."accessName" AS "model", u."route", u."startedAt", u."durationMs", u."status", u."outcome", u."errorCode", u."source",
    u."costNano", u."chargeNano", u."inputTokens" AS "input", u."cachedTokens" AS "cached", u."outputTokens" AS "output",
    u."reasoningTokens" AS "reasoning", u."images",
    p."id" AS "priceId", p."inputNano", p."cachedInputNano", p."outputNano", p."imageNano"
  FROM "usage_records" u LEFT JOIN "token_prices" p ON p."id" = u."tokenPriceId"
  WHERE u."requestId" = $1 AND u."workspaceId" = $2`;

/** Usage records as receipts, with the price version that each was charged at. */
export function readReceipts(store: Pick<Store, "ask">): Receipts {
  return {
    async find(requestId, workspaceId) {
      const [row] = await store.ask<Row>(rowText, [requestId, workspaceId]);
      if (!row) return null;
      const { input, cached, output, reasoning, images, priceId, inputNano, cachedInputNano, outputNano, imageNano, ...facts } = row;
      const rates: TokenRates = { inputNano, cachedInputNano, outputNano, imageNano };
      const price = priceId === null ? null : { id: priceId, rates };
      return { ...facts, requestId, tokens: { input, cached, output, reasoning, images }, price };
    },
  };
}
