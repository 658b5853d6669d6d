import { createHash, timingSafeEqual } from "node:crypto";

/** Checks `Authorization: Bearer …` headers against one secret, in a time that says nothing about how much of it was right. */
export function createBearerCheck(secret: string): (header: string | undefined) => boolean {
  const expected = digest(secret);
  return (header) => {
    const given = /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
