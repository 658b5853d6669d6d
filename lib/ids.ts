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
/** Random digits are made in blocks: each request to the system costs more than all else of an id. */
const block = Buffer.alloc(4096);
const codes = Buffer.from(alphabet, "latin1");
let digits = "";
let drawn = 0;
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
  return `${prefix}_${timeText}${newDigits()}`;
}

function newDigits(): string {
  if (drawn + randomDigits > digits.length) {
    randomFillSync(block);
    for (let index = 0; index < block.length; index++) block[index] = codes[(block[index] as number) & 31] as number;
    digits = block.toString("latin1");
    drawn = 0;
  }
  drawn += randomDigits;
  return digits.slice(drawn - randomDigits, drawn);
}

/** A personal workspace's name: `u-` and 12 hex digits. */
export function newWorkspaceName(): string {
  return `u-${randomBytes(6).toString("hex")}`;
}
