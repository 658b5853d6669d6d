import { isoTime } from "#lib/iso-time.ts";
import { type TokenCounts, tokenCost } from "#lib/money/usage.ts";
import type { AdmittedCall, Hold, UsageEntry } from "../ports.ts";
import type { UsageText } from "./usage-text.ts";

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

/** An admitted call in the journal: what a charge needs, should its end never be written. */
export interface AdmittedLine {
  kind: "admitted";
  row: Pick<
    UsageRow,
    | "requestId"
    | "workspaceId"
    | "userId"
    | "keyId"
    | "serviceId"
    | "modelId"
    | "accessName"
    | "route"
    | "streamed"
    | "tokenPriceId"
    | "startedAt"
  >;
  rates: { inputNano: string; cachedInputNano: string; outputNano: string; imageNano: string | null } | null;
  heldNano: string;
}

/** Tokens that an admitted call had come to at a moment (milliseconds of the wall clock). */
export interface ProgressLine {
  kind: "progress";
  requestId: string;
  tokens: TokenCounts;
  atMs: number;
}

export type UsageLine = { kind: "usage" } & UsageText;

/** What a gateway of the version before wrote at a call's end. */
export interface EndedLine {
  kind: "ended";
  row: UsageRow;
}

export type JournalLine = AdmittedLine | ProgressLine | UsageLine | EndedLine;

export function admittedLine(call: AdmittedCall, hold: Hold | null): AdmittedLine {
  const { principal, service, price } = call;
  const rates = price?.rates;
  return {
    kind: "admitted",
    row: {
      requestId: call.requestId,
      workspaceId: principal.workspaceId,
      userId: principal.userId,
      keyId: principal.keyId,
      serviceId: service.id,
      modelId: call.modelId,
      accessName: service.accessName,
      route: call.route,
      streamed: call.streamed,
      tokenPriceId: price?.id ?? null,
      startedAt: isoTime(call.startedAt.getTime()),
    },
    rates: rates
      ? {
          inputNano: String(rates.inputNano),
          cachedInputNano: String(rates.cachedInputNano),
          outputNano: String(rates.outputNano),
          imageNano: rates.imageNano == null ? null : String(rates.imageNano),
        }
      : null,
    heldNano: String(hold?.amountNano ?? 0n),
  };
}

/**
 * The row of a call whose gateway was killed under it: charged for what had been emitted when it was last noted, so never
 * for more than was; nothing where nothing had.
 */
export function rowOfKilled({ row, rates, heldNano }: AdmittedLine, progress: ProgressLine | null): UsageRow {
  const emitted = progress !== null && (progress.tokens.output > 0 || (progress.tokens.images ?? 0) > 0);
  const tokens = emitted ? soundTokens(progress.tokens) : { input: 0, cached: 0, output: 0 };
  const source = emitted ? "counted" : "none";
  const price =
    rates && row.tokenPriceId
      ? {
          id: row.tokenPriceId,
          rates: {
            inputNano: BigInt(rates.inputNano),
            cachedInputNano: BigInt(rates.cachedInputNano),
            outputNano: BigInt(rates.outputNano),
            imageNano: rates.imageNano === null ? null : BigInt(rates.imageNano),
          },
        }
      : null;
  const { costNano, chargeNano } = amountsOf({ price, source, tokens }, BigInt(heldNano));
  const startedMs = new Date(row.startedAt).getTime();
  return {
    ...row,
    instanceId: null,
    outcome: "upstream_error",
    status: 503,
    errorCode: "shutting_down",
    source,
    inputTokens: tokens.input,
    cachedTokens: tokens.cached,
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning ?? 0,
    images: tokens.images ?? 0,
    costNano: String(costNano),
    chargeNano: String(chargeNano),
    firstTokenMs: null,
    durationMs: Math.max(0, (progress?.atMs ?? startedMs) - startedMs),
  };
}
