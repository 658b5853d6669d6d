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

/** A new id such as `svc_06ev2x…`: prefix, 48 bits of time (so that ids sort by age), 80 random bits, in Crockford's base32. */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  let text = "";
  for (let digit = 0, rest = nowMs; digit < timeDigits; digit++, rest = Math.floor(rest / 32)) text = alphabet.charAt(rest % 32) + text;
  if (drawn + randomDigits > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  for (let digit = 0; digit < randomDigits; digit++) text += alphabet.charAt((pool[drawn++] as number) & 31);
  return `${prefix}_${text}`;
}

/** A personal workspace's name: `u-` and 12 hex digits. */
export function newWorkspaceName(): string {
  return `u-${randomBytes(6).toString("hex")}`;
}
