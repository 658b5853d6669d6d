import { AppError } from "#lib/errors.ts";

/** What callers may name to be fetched by an engine: hosts as in an address, e.g. `img.example.com` or `10.0.0.7:9000`. */
export type ImageHosts = ReadonlySet<string>;

/**
 * Refuses a reference that is neither data inside the request nor an address on a host that the operator listed: an
 * engine fetches what it is given, also from inside the network. Throws `unsupported_image_url` or `invalid_type`.
 */
export function checkImageAddress(reference: unknown, param: string, hosts: ImageHosts): void {
  const url = typeof reference === "object" && reference !== null && "url" in reference ? reference.url : reference;
  if (typeof url !== "string") throw new AppError("invalid_type", `Invalid type for '${param}': expected an object with a url.`, { param });
  if (url.startsWith("data:") || isListed(url, hosts)) return;
  throw new AppError("unsupported_image_url", "Images are not fetched from this address. Send the image itself as a data: URL.", { param });
}

/** The address must be written as its parts are read: what two parsers could read in two ways is refused. */
function isListed(text: string, hosts: ImageHosts): boolean {
  if (hosts.size === 0 || !/^https?:\/\/[^\s\\]+$/i.test(text)) return false;
  const url = URL.parse(text);
  if (!url || url.username || url.password || !hosts.has(url.host)) return false;
  return text.toLowerCase().startsWith(`${url.protocol}//${url.host}`);
}
