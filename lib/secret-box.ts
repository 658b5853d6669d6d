import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveKey } from "./secrets.ts";

/** First byte of a sealed text; another way to seal gets another one, so that what was sealed before can still be told apart. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes + tagBytes;

/** The text was sealed with another secret or for something else, or it was changed. Says nothing of what is in it. */
export class SecretBoxError extends Error {
  override name = "SecretBoxError";
}

/** Seals short texts of one purpose with the installation's secret: AES-256-GCM, with a key of the purpose's own. */
export interface SecretBox {
  /** @param owner id of the row that keeps it: moved to another row, it cannot be opened */
  seal(text: string, owner: string): Uint8Array<ArrayBuffer>;
  /** Throws {@link SecretBoxError}. */
  open(sealed: Uint8Array, owner: string): string;
}

export function createSecretBox(secret: string, purpose: string): SecretBox {
  const key = deriveKey(secret, purpose);
  return {
    seal(text, owner) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(purpose, owner));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return new Uint8Array(Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]));
    },
    open(sealed, owner) {
      if (sealed.length < headBytes || sealed[0] !== version) throw new SecretBoxError("not a sealed text of a known kind");
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(boundTo(purpose, owner));
      decipher.setAuthTag(sealed.subarray(1 + nonceBytes, headBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]).toString("utf8");
      } catch {
        throw new SecretBoxError("sealed with another secret, for something else, or changed since");
      }
    },
  };
}

function boundTo(purpose: string, owner: string): Buffer {
  return Buffer.from(`${version} ${purpose} ${owner}`, "utf8");
}

/** The box of what upstream endpoints ask for; an endpoint's id is the owner. */
export function credentialBox(secret: string): SecretBox {
  return createSecretBox(secret, "upstream-credential");
}
