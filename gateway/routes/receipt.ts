import { setTimeout as sleep } from "node:timers/promises";
import type { OpenReceipt, ReceiptLine } from "#lib/contracts/openai/receipt.ts";
import { AppError } from "#lib/errors.ts";
import type { Receipt, Receipts } from "../ports.ts";
import { type CallerDeps, enter } from "./caller.ts";
import { type Exchange, sendJson } from "./exchange.ts";

export interface ReceiptDeps extends CallerDeps {
  receipts: Receipts;
  /** ISO 4217. */
  currency: string;
}

const idForm = /^req_[0-9a-z]{26}$/;
/** Usage is written shortly after an answer's end; who asks at once need not ask again. */
const waitsMs = [0, 150, 400];

/**
 * `GET /v1/usage/{request id}`: tokens × price version = amount, for the workspace that called. Another's, an unknown
 * one and one that was refused are the same 404. It reads the database, so it counts as a request.
 */
export async function readReceipt(exchange: Exchange, deps: ReceiptDeps, requestId: string): Promise<void> {
  const { principal, ticket } = await enter(exchange, deps);
  try {
    const receipt = idForm.test(requestId) ? await find(deps.receipts, requestId, principal.workspaceId) : null;
    if (!receipt) {
      throw new AppError(
        "not_found",
        "There is no receipt of that id. It is there shortly after the end of a call; calls that were refused have none.",
      );
    }
    sendJson(exchange, 200, receiptOf(receipt, deps.currency));
  } finally {
    ticket.release();
  }
}

async function find(receipts: Receipts, requestId: string, workspaceId: string): Promise<Receipt | null> {
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await sleep(waitMs);
    const receipt = await receipts.find(requestId, workspaceId);
    if (receipt) return receipt;
  }
  return null;
}

function receiptOf(receipt: Receipt, currency: string): OpenReceipt {
  const { tokens } = receipt;
  return {
    object: "usage.receipt",
    id: receipt.requestId,
    key_id: receipt.keyId,
    model: receipt.model,
    route: receipt.route,
    started_at: receipt.startedAt.toISOString(),
    duration_ms: receipt.durationMs,
    status: receipt.status,
    outcome: receipt.outcome,
    error_code: receipt.errorCode,
    source: receipt.source,
    usage: {
      prompt_tokens: tokens.input,
      cached_tokens: tokens.cached,
      completion_tokens: tokens.output,
      reasoning_tokens: tokens.reasoning ?? 0,
      total_tokens: tokens.input + tokens.output,
      images: tokens.images ?? 0,
    },
    currency,
    price_id: receipt.price?.id ?? null,
    lines: linesOf(receipt),
    cost_nano: receipt.costNano.toString(),
    charge_nano: receipt.chargeNano.toString(),
  };
}

function linesOf({ price, tokens, source }: Receipt): ReceiptLine[] {
  if (!price || source === "none") return [];
  const { inputNano, cachedInputNano, outputNano, imageNano } = price.rates;
  const lines: [ReceiptLine["unit"], number, bigint][] = [
    ["input_token", tokens.input - tokens.cached, inputNano],
    ["cached_input_token", tokens.cached, cachedInputNano],
    ["output_token", tokens.output, outputNano],
    ["image", tokens.images ?? 0, imageNano ?? 0n],
  ];
  return lines
    .filter(([, quantity]) => quantity > 0)
    .map(([unit, quantity, nano]) => ({
      unit,
      quantity,
      price_nano: nano.toString(),
      amount_nano: (BigInt(quantity) * nano).toString(),
    }));
}
