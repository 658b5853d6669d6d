import { randomBytes, randomFillSync } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** What an id names; the prefix makes a pasted id say so. */
export type IdPrefix =
  | "usr"
  | "ses"
  | "inv"
  | "ws"
  | "key"
  | "mdl"
  | "wts"
  | "reg"
  | "typ"
  | "prc"
  | "svc"
  | "ins"
  | "acc"
  | "req"
  | "gtw"
  | "ups"
  | "cnv"
  | "pst";

const timeDigits = 10;
const randomDigits = 16;
/** Random bytes are asked for in blocks: each request to the system costs more than all else of an id. */
const pool = new Uint8Array(4096);
let drawn = pool.length;
/** Every two digits: half as many texts to put together. */
const pairs = Array.from({ length: 1024 }, (_, pair) => alphabet.charAt(pair >> 5) + alphabet.charAt(pair & 31));
/** Ids of one millisecond begin alike. */
let timeMs = Number.NaN;
let timeText = "";

/** A new id such as `svc_06ev2x…`: prefix, 48 bits of time (so that ids sort by age), 80 random bits, in Crockford's base32. */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  if (nowMs !== timeMs) {
    timeMs = nowMs;
    timeText = "";
    for (let digit = 0, rest = nowMs; digit < timeDigits; digit++, rest = Math.floor(rest / 32))
      timeText = alphabet.charAt(rest % 32) + timeText;
  }
  if (drawn + randomDigits > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  let text = `${prefix}_${timeText}`;
  for (const end = drawn + randomDigits; drawn < end; drawn += 2)
    text += pairs[((pool[drawn] as number) & 31) * 32 + ((pool[drawn + 1] as number) & 31)];
  return text;
}

/** A personal workspace's name: `u-` and 12 hex digits. */
export function newWorkspaceName(): string {
  return `u-${randomBytes(6).toString("hex")}`;
}
