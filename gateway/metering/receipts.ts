import type { Receipts } from "../ports.ts";
import type { Store } from "../snapshot/store.ts";

/** Usage records as receipts, with the price version that each was charged at. */
export function readReceipts(store: Pick<Store, "ask">): Receipts {
  return {
    async find(requestId, workspaceId) {
      const row = await store.ask((db) => db.usageRecord.findFirst({ where: { requestId, workspaceId }, include: { tokenPrice: true } }));
      if (!row) return null;
      const { keyId, accessName, route, startedAt, durationMs, status, outcome, errorCode, source, costNano, chargeNano } = row;
      const facts = { keyId, route, startedAt, durationMs, status, outcome, errorCode, source, costNano, chargeNano };
      return {
        ...facts,
        requestId,
        model: accessName,
        tokens: {
          ...{ input: row.inputTokens, cached: row.cachedTokens, output: row.outputTokens },
          ...{ reasoning: row.reasoningTokens, images: row.images },
        },
        price: row.tokenPrice && { id: row.tokenPrice.id, rates: row.tokenPrice },
      };
    },
  };
}
