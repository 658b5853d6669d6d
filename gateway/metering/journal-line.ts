import { isoTime } from "#lib/iso-time.ts";
import type { TokenCounts } from "#lib/money/usage.ts";
import type { AdmittedCall, Hold } from "../ports.ts";
import { amountsOf, soundTokens, type UsageRow } from "./usage-row.ts";
import type { UsageText } from "./usage-text.ts";

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

type UsageLine = { kind: "usage" } & UsageText;

let lastParty = "";
let lastPartyText = "";

/** A `UsageLine` as JSON. What calls of one kind have in common is put into JSON once: nearly every call is noted while there are many. */
export function usageLineText({ requestId, party, line }: UsageText): string {
  if (party !== lastParty) {
    lastParty = party;
    lastPartyText = JSON.stringify(party);
  }
  return `{"kind":"usage","requestId":${JSON.stringify(requestId)},"party":${lastPartyText},"line":${JSON.stringify(line)}}`;
}

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
