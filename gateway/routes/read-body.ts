import { AppError } from "#lib/errors.ts";
import { HeadNote } from "../http/head-note.ts";
import { BodyTooLong, type HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import type { Limits } from "../limits.ts";

/**
 * The body of a JSON request, at once where it has arrived. What is too large by its own word, compressed, or not JSON is
 * refused unread. Throws `request_too_large`, `unsupported_media_type`, or ClientGone.
 */
export function readBody(request: HttpRequest, response: HttpResponse, limits: Pick<Limits, "maxBodyBytes">): Buffer | Promise<Buffer> {
  checkMediaType(request);
  if ((request.bodyBytes ?? 0) > limits.maxBodyBytes) throw tooLarge(limits);
  if (request.headers.expect !== undefined && !request.complete) response.writeContinue();
  const refuse = (thrown: unknown) => {
    throw thrown instanceof BodyTooLong ? tooLarge(limits) : thrown;
  };
  try {
    const body = request.body(limits.maxBodyBytes);
    return body instanceof Promise ? body.catch(refuse) : body;
  } catch (thrown) {
    return refuse(thrown);
  }
}

const isJson = new HeadNote<true>();

function checkMediaType(request: HttpRequest): void {
  if (isJson.of(request.head)) return;
  const encoding = request.headers["content-encoding"];
  if (encoding && encoding.toLowerCase() !== "identity") {
    throw new AppError("unsupported_media_type", "Compressed bodies are not taken. Send the JSON as it is.", { param: "content-encoding" });
  }
  const [type, ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  if (type?.trim() !== "application/json" || (charset && charset !== "utf-8" && charset !== "utf8")) {
    throw new AppError("unsupported_media_type", "Send the body as `Content-Type: application/json`, in UTF-8.", { param: "content-type" });
  }
  isJson.keep(request.head, true);
}

function tooLarge(limits: Pick<Limits, "maxBodyBytes">): AppError {
  return new AppError("request_too_large", `The body is larger than ${Math.floor(limits.maxBodyBytes / 1024 / 1024)} MiB.`);
}
