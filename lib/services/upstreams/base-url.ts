import { AppError } from "#lib/errors.ts";

/** Ends of addresses that people copy from samples; what is wanted is what comes before. */
const callPath = /\/(chat\/completions|completions|embeddings|images\/generations|models)$/;

/**
 * An upstream's base address in its one form: scheme, host and path, no slash at the end; `/v1` where there is no path.
 * Throws `invalid_value` for anything but http and https, and for what could carry a secret in the open.
 */
export function baseUrl(text: string): string {
  const url = /^[\x21-\x7e]+$/.test(text.trim()) && !text.includes("\\") ? URL.parse(text.trim()) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw refused("It must be an address that begins with https:// or http://, such as https://api.example.com/v1.");
  }
  if (url.username || url.password) throw refused("It must not name a user or a password. Give the credential apart.");
  if (/[?#]/.test(text)) throw refused("It must not have a query or a fragment.");
  const path = url.pathname.replace(/\/+$/, "");
  if (callPath.test(path)) throw refused(`Give the base address alone, without ${callPath.exec(path)?.[0] ?? ""}.`);
  return `${url.origin}${path || "/v1"}`;
}

function refused(message: string): AppError {
  return new AppError("invalid_value", message, { param: "url" });
}
