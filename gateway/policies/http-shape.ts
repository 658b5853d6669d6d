import type { IncomingMessage } from "node:http";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";

/** Headers whose first of two Node would silently keep, although another hop might read the second. */
const single = new Set(["authorization", "host", "content-type", "content-length", "content-encoding"]);

/** Refuses what Node lets through: doubled headers, too many of them, a missing Host, a target that is not a path. */
export function checkHttpShape(request: IncomingMessage, limits: Pick<Limits, "maxHeaders">): void {
  const { rawHeaders } = request;
  if (rawHeaders.length / 2 > limits.maxHeaders) {
    throw new AppError("headers_too_large", `The request has more than ${limits.maxHeaders} headers.`);
  }
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) throw new AppError("duplicate_header", `The header ${name} is sent twice; send it once.`, { param: name });
    seen.add(name);
  }
  if (!seen.has("host") && request.httpVersion !== "1.0") throw new AppError("bad_request", "The header Host is missing.");
  if (!request.url?.startsWith("/")) {
    throw new AppError("bad_request", "The request line must name a path such as /v1/chat/completions.");
  }
}
