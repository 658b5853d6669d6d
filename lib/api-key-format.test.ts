import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hashApiKey, isApiKeyShaped, maskApiKey, newApiKey } from "./api-key-format.ts";

test("keys have their form and differ", () => {
  const keys = Array.from({ length: 500 }, newApiKey);
  expect(new Set(keys).size).toBe(500);
  for (const key of keys) {
    expect(key).toMatch(/^sk-hy-[0-9A-Za-z]{38}$/);
    expect(isApiKeyShaped(key)).toBe(true);
  }
});

test("any one changed character breaks a key", () => {
  const key = newApiKey();
  for (let index = 0; index < key.length; index++) {
    const changed = key.slice(0, index) + (key[index] === "x" ? "y" : "x") + key.slice(index + 1);
    expect([index, isApiKeyShaped(changed)]).toEqual([index, false]);
  }
});

test("what is no key is told without a look-up", () => {
  const key = newApiKey();
  const others = [
    "",
    "sk-hy-",
    key.slice(0, -1),
    `${key}0`,
    `${key}\n`,
    ` ${key}`,
    key.toUpperCase(),
    key.replace("hy", "hz"),
    "x".repeat(10_000),
  ];
  for (const text of others) expect([text.slice(0, 60), isApiKeyShaped(text)]).toEqual([text.slice(0, 60), false]);
});

test("a key's hash is its SHA-256, its mask shows four characters on each side", () => {
  const key = newApiKey();
  expect(Buffer.from(hashApiKey(key)).toString("hex")).toBe(createHash("sha256").update(key).digest("hex"));
  expect(maskApiKey(key)).toBe(`${key.slice(0, 10)}…${key.slice(-4)}`);
  expect(maskApiKey(key)).toMatch(/^sk-hy-.{4}….{4}$/);
});

test("the checksum stays what it is: keys given out must work after an upgrade", () => {
  expect(isApiKeyShaped(`sk-hy-${"0".repeat(32)}2HYIFL`)).toBe(true);
});
