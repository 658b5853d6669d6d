import { hash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const prefix = "sk-hy-";
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const bodyLength = 32;
const checksumLength = 6;
const shape = new RegExp(`^${prefix}[0-9A-Za-z]{${bodyLength + checksumLength}}$`);

/** A new key: `sk-hy-`, 32 random base62 characters (190 bits), 6 of checksum. */
export function newApiKey(): string {
  let body = "";
  for (let index = 0; index < bodyLength; index++) body += base62[randomInt(62)];
  return prefix + body + checksum(body);
}

/** Whether a text has the form of a key and its checksum holds; false costs no look-up. */
export function isApiKeyShaped(text: string): boolean {
  if (!shape.test(text)) return false;
  const body = text.slice(prefix.length, prefix.length + bodyLength);
  return text.slice(prefix.length + bodyLength) === checksum(body);
}

/** SHA-256 of the whole key: the only form in which it is kept. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash("sha256", key, "buffer"));
}

/** The same in hex. */
export function hexOfApiKey(key: string): string {
  return hash("sha256", key, "hex");
}

/** What lists and logs may show: `sk-hy-Ab12…wXyz`. */
export function maskApiKey(key: string): string {
  return `${key.slice(0, prefix.length + 4)}…${key.slice(-4)}`;
}

function checksum(body: string): string {
  let value = crc32(prefix + body);
  let text = "";
  for (let index = 0; index < checksumLength; index++) {
    text = base62[value % 62] + text;
    value = Math.floor(value / 62);
  }
  return text;
}
