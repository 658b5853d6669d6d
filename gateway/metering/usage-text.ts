import type { UsageRow } from "./usage-row.ts";

/**
 * A usage record as `settle_usage` takes it and as the journal keeps it: PostgreSQL's own text of rows. It is written when the
 * call ends, while all of it is at hand, and is a quarter of what the row would hold until the database has it.
 */
export interface UsageText {
  requestId: string;
  /** What it has in common with others, a row of type `usage_party`: one text for calls of one kind that follow each other. */
  party: string;
  /** The columns of `usage_line` behind the request and its party, as they stand in a row that stands in an array's quotes. */
  line: string;
}

type Value = UsageRow[keyof UsageRow];

/** Text that means itself inside a row. */
const plainText = /^[\w./:-]+$/;
const special = /["\\]/;

let lastRow: UsageRow | null = null;
let lastParty = "";

/** A value that does not fit its column is for the database to refuse. */
export function usageText(row: UsageRow): UsageText {
  if (!lastRow || !isSameParty(row, lastRow)) {
    lastParty = `(${partyColumns.map((column) => valueText(row[column])).join(",")})`;
    lastRow = row;
  }
  return { requestId: row.requestId, party: lastParty, line: escaped(lineText(row)) };
}

/** In the order of the type's columns; so is `lineText`. */
const partyColumns = [
  "workspaceId",
  "userId",
  "keyId",
  "serviceId",
  "instanceId",
  "modelId",
  "accessName",
  "route",
  "streamed",
  "outcome",
  "status",
  "errorCode",
  "source",
  "tokenPriceId",
] as const;

/** Calls of one kind often follow each other; to see that is cheaper than to write it down. Spelled out: a loop over names is not. */
function isSameParty(row: UsageRow, last: UsageRow): boolean {
  return (
    row.workspaceId === last.workspaceId &&
    row.userId === last.userId &&
    row.keyId === last.keyId &&
    row.serviceId === last.serviceId &&
    row.instanceId === last.instanceId &&
    row.modelId === last.modelId &&
    row.accessName === last.accessName &&
    row.route === last.route &&
    row.streamed === last.streamed &&
    row.outcome === last.outcome &&
    row.status === last.status &&
    row.errorCode === last.errorCode &&
    row.source === last.source &&
    row.tokenPriceId === last.tokenPriceId
  );
}

function lineText(row: UsageRow): string {
  const { inputTokens, cachedTokens, outputTokens, reasoningTokens, images } = row;
  const counts = `${numberText(inputTokens)},${numberText(cachedTokens)},${numberText(outputTokens)},${numberText(reasoningTokens)},${numberText(images)}`;
  const amounts = `${valueText(row.costNano)},${valueText(row.chargeNano)}`;
  return `${counts},${amounts},${valueText(row.startedAt)},${numberText(row.firstTokenMs)},${numberText(row.durationMs)}`;
}

/** A line of an old journal may lack what is declared. */
function numberText(value: number | null | undefined): string | number {
  return value ?? "";
}

/** Nothing between two commas is null; an empty text stands in quotes. */
export function valueText(value: Value | undefined): string | number | boolean {
  if (typeof value === "string") return plainText.test(value) ? value : quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return value == null ? "" : quoted(String(value));
}

/** As a member of a row or an array. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

export function escaped(text: string): string {
  return special.test(text) ? text.replace(/["\\]/g, "\\$&") : text;
}
