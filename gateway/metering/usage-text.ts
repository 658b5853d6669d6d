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
  const counts = `${figure(inputTokens)},${figure(cachedTokens)},${figure(outputTokens)},${figure(reasoningTokens)},${figure(images)}`;
  const amounts = `${figure(row.costNano)},${figure(row.chargeNano)}`;
  return `${counts},${amounts},${figure(row.startedAt)},${figure(row.firstTokenMs)},${figure(row.durationMs)}`;
}

/** Counts, amounts and times mean themselves; should an old journal hold another text, the database refuses it. What it lacks is null. */
function figure(value: string | number | null | undefined): string | number {
  return value ?? "";
}

/** Nothing between two commas is null; an empty text stands in quotes. */
function valueText(value: Value | undefined): string | number | boolean {
  if (typeof value === "string") return isPlain(value) ? value : quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return value == null ? "" : quoted(String(value));
}

/** Whether a text means itself inside a row. */
export function isPlain(text: string): boolean {
  return plainText.test(text);
}

/** As a member of a row or an array. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

export function escaped(text: string): string {
  return special.test(text) ? text.replace(/["\\]/g, "\\$&") : text;
}
