import { AppError } from "#lib/errors.ts";
import type { HttpRequest } from "../http/request.ts";
import type { Limits } from "../limits.ts";

/** Headers of which one reader might take the first of two, and another hop the second. */
const single = new Set(["authorization", "host", "content-type", "content-length", "content-encoding"]);

/** Refuses what HTTP allows and a caller of ours has no use for: doubled headers, too many of them, no Host, a target that is not a path. */
export function checkHttpShape({ fieldNames, headers, minorVersion, url }: HttpRequest, limits: Pick<Limits, "maxHeaders">): void {
  if (fieldNames.length > limits.maxHeaders) {
    throw new AppError("headers_too_large", `The request has more than ${limits.maxHeaders} headers.`);
  }
  for (let index = 1; index < fieldNames.length; index++) {
    const name = fieldNames[index] as string;
    if (!single.has(name) || fieldNames.indexOf(name) === index) continue;
    throw new AppError("duplicate_header", `The header ${name} is sent twice; send it once.`, { param: name });
  }
  if (headers.host === undefined && minorVersion === 1) throw new AppError("bad_request", "The header Host is missing.");
  if (!url.startsWith("/")) {
    throw new AppError("bad_request", "The request line must name a path such as /v1/chat/completions.");
  }
}
