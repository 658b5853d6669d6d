import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** What an id names; the prefix makes a pasted id say so. */
export type IdPrefix = "usr" | "ses" | "inv" | "ws" | "key" | "mdl" | "reg" | "typ" | "prc" | "svc" | "ins" | "acc" | "req";

/** A new id such as `svc_06ev2x…`: prefix, 48 bits of time (so that ids sort by age), 80 random bits, in Crockford's base32. */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(nowMs) << 16n);
  bytes.set(randomBytes(10), 6);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = "";
  for (let digit = 0; digit < 26; digit++) {
    text = alphabet[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return `${prefix}_${text}`;
}

/** A personal workspace's name: `u-` and 12 hex digits. */
export function newWorkspaceName(): string {
  return `u-${randomBytes(6).toString("hex")}`;
}
