import { isUtf8 } from "node:buffer";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const escapedSurrogate = /\\u[dD][89a-fA-F]/;

/**
 * A request's body as a JSON object. Nesting is measured on the bytes before the parser sees them: JSON.parse of 2 MB
 * of `[` blocks the process for hundreds of milliseconds. Throws `invalid_unicode`, `request_too_complex`,
 * `invalid_json`, `invalid_type`.
 */
export function parseJsonObject(bytes: Buffer, limits: Pick<Limits, "maxDepth" | "maxContainers">): Record<string, unknown> {
  if (!isUtf8(bytes)) throw new AppError("invalid_unicode", "The body is not valid UTF-8.");
  checkComplexity(bytes, limits);
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_json", "The body is not valid JSON.", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("invalid_type", "The body must be a JSON object.");
  }
  if (escapedSurrogate.test(text)) checkWellFormed(value, "");
  return value as Record<string, unknown>;
}

function checkComplexity(bytes: Buffer, limits: Pick<Limits, "maxDepth" | "maxContainers">): void {
  let depth = 0;
  let containers = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === quote) {
      index = endOfString(bytes, index);
    } else if (byte === openBrace || byte === openBracket) {
      depth++;
      containers++;
      if (depth > limits.maxDepth) throw tooComplex(`The body is nested deeper than ${limits.maxDepth} levels.`);
      if (containers > limits.maxContainers) throw tooComplex(`The body has more than ${limits.maxContainers} objects and arrays.`);
    } else if (byte === closeBrace || byte === closeBracket) {
      depth--;
    }
  }
}

/** Strings up to here are looked through byte by byte, which is cheaper than to ask for the next quote. */
const shortBytes = 32;

/** Index of the quote that ends the string which begins at `start`; the length where nothing ends it. */
function endOfString(bytes: Buffer, start: number): number {
  const near = Math.min(start + shortBytes, bytes.length);
  let from = start + 1;
  for (; from < near; from++) {
    const byte = bytes[from];
    if (byte === quote) return from;
    if (byte === backslash) from++;
  }
  // From inside an escape at its edge it is still told by the slashes before it.
  let end = bytes.indexOf(quote, from);
  while (end !== -1) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    end = bytes.indexOf(quote, end + 1);
  }
  return bytes.length;
}

/** Half of a surrogate pair cannot be sent on as UTF-8: engines would see other text than the client wrote. */
function checkWellFormed(value: unknown, path: string): void {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw lonely(path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkWellFormed(item, `${path}[${index}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!name.isWellFormed()) throw lonely(path);
      checkWellFormed(item, path ? `${path}.${name}` : name);
    }
  }
}

function lonely(path: string): AppError {
  return new AppError("invalid_unicode", "The text holds half of a surrogate pair.", path ? { param: path.slice(0, 200) } : {});
}

function tooComplex(message: string): AppError {
  return new AppError("request_too_complex", message);
}
