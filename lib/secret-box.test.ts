import { expect, test } from "vitest";
import { createSecretBox, credentialBox, SecretBoxError } from "./secret-box.ts";
import { deriveKey } from "./secrets.ts";

const secret = "a secret of at least 32 characters";
const box = credentialBox(secret);

test("what was sealed is opened again, by whoever has the secret, and never looks the same twice", () => {
  const sealed = box.seal("sk-vendor-键", "ups_1");
  expect(credentialBox(secret).open(sealed, "ups_1")).toBe("sk-vendor-键");
  expect(sealed[0]).toBe(1);
  expect(Buffer.from(sealed).includes("sk-vendor")).toBe(false);
  expect(box.seal("sk-vendor-键", "ups_1")).not.toEqual(sealed);
  expect(box.open(box.seal("", "ups_1"), "ups_1")).toBe("");
});

test("another secret, purpose, owner or version opens nothing, nor does any changed byte", () => {
  const sealed = box.seal("sk-vendor", "ups_1");
  const wrong = [
    () => credentialBox(`${secret}!`).open(sealed, "ups_1"),
    () => createSecretBox(secret, "something else").open(sealed, "ups_1"),
    () => box.open(sealed, "ups_2"),
    () => box.open(sealed.subarray(0, 28), "ups_1"),
    () => box.open(new Uint8Array(), "ups_1"),
    ...Array.from(sealed, (byte, at) => () => box.open(sealed.with(at, byte ^ 1), "ups_1")),
  ];
  for (const open of wrong) expect(open).toThrow(SecretBoxError);
});

test("the key is no other purpose's", () => {
  expect(deriveKey(secret, "upstream-credential")).not.toEqual(deriveKey(secret, "trial-token"));
});
