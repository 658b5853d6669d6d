import { isoTime } from "#lib/iso-time.ts";
import { type TokenCounts, tokenCost } from "#lib/money/usage.ts";
import type { UsageEntry } from "../ports.ts";

/** A usage record by the names of its columns: amounts are decimal text. */
export interface UsageRow {
  requestId: string;
  workspaceId: string;
  userId: string;
  keyId: string | null;
  serviceId: string;
  instanceId: string | null;
  modelId: string;
  accessName: string;
  route: string;
  streamed: boolean;
  outcome: UsageEntry["outcome"];
  status: number;
  errorCode: string | null;
  source: UsageEntry["source"];
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  images: number;
  tokenPriceId: string | null;
  costNano: string;
  chargeNano: string;
  startedAt: string;
  firstTokenMs: number | null;
  durationMs: number;
}

/** A part is never more than the whole, whatever an engine says. */
export function soundTokens(tokens: TokenCounts): TokenCounts {
  const { input, cached, output, reasoning = 0 } = tokens;
  return cached <= input && reasoning <= output
    ? tokens
    : { ...tokens, cached: Math.min(cached, input), reasoning: Math.min(reasoning, output) };
}

/** What the call cost, and what is charged of it: no more than was held. Not committed: nothing. */
export function amountsOf(
  { price, source, tokens }: Pick<UsageEntry, "price" | "source" | "tokens">,
  heldNano: bigint,
): { costNano: bigint; chargeNano: bigint } {
  const costNano = price && source !== "none" ? tokenCost(tokens, price.rates) : 0n;
  return { costNano, chargeNano: costNano < heldNano ? costNano : heldNano };
}

export function usageRow(entry: UsageEntry, { costNano, chargeNano }: { costNano: bigint; chargeNano: bigint }): UsageRow {
  const { principal, service, tokens } = entry;
  return {
    requestId: entry.requestId,
    workspaceId: principal.workspaceId,
    userId: principal.userId,
    keyId: principal.keyId,
    serviceId: service.id,
    instanceId: entry.instanceId,
    modelId: entry.modelId,
    accessName: service.accessName,
    route: entry.route,
    streamed: entry.streamed,
    outcome: entry.outcome,
    status: entry.status,
    errorCode: entry.errorCode,
    source: entry.source,
    inputTokens: tokens.input,
    cachedTokens: tokens.cached,
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning ?? 0,
    images: tokens.images ?? 0,
    tokenPriceId: entry.price?.id ?? null,
    costNano: String(costNano),
    chargeNano: String(chargeNano),
    startedAt: isoTime(entry.startedAt.getTime()),
    firstTokenMs: entry.firstTokenMs,
    durationMs: entry.durationMs,
  };
}
