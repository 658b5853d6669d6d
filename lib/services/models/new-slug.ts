import { randomInt } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const randomDigits = 6;

/**
 * A slug for a model that a workspace brings, e.g. `qwen2.5-7b-instruct-4k7z2m`. The random end keeps apart what different
 * workspaces call alike, and tells nobody what others have.
 */
export function newSlug(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 50)
    .replace(/[^a-z0-9]+$/, "");
  const end = Array.from({ length: randomDigits }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  return `${words || "model"}-${end}`;
}
