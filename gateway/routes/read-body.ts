import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";
import { ClientGone } from "./exchange.ts";

/**
 * The body of a JSON request. What is too large by its own word, compressed, or not JSON is refused unread. Throws
 * `request_too_large`, `unsupported_media_type`, or ClientGone.
 */
export async function readBody(request: IncomingMessage, response: ServerResponse, limits: Pick<Limits, "maxBodyBytes">): Promise<Buffer> {
  checkMediaType(request);
  const told = Number(request.headers["content-length"] ?? 0);
  if (told > limits.maxBodyBytes) throw tooLarge(limits);
  if (request.headers.expect !== undefined) response.writeContinue();
  return collect(request, limits);
}

function checkMediaType(request: IncomingMessage): void {
  const encoding = request.headers["content-encoding"];
  if (encoding && encoding.toLowerCase() !== "identity") {
    throw new AppError("unsupported_media_type", "Compressed bodies are not taken. Send the JSON as it is.", { param: "content-encoding" });
  }
  const [type, ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  if (type?.trim() !== "application/json" || (charset && charset !== "utf-8" && charset !== "utf8")) {
    throw new AppError("unsupported_media_type", "Send the body as `Content-Type: application/json`, in UTF-8.", { param: "content-type" });
  }
}

function collect(request: IncomingMessage, limits: Pick<Limits, "maxBodyBytes">): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const settle = (act: () => void) => {
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      // Later errors of a request that is dealt with have nobody to tell.
      request.on("error", () => {});
      act();
    };
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limits.maxBodyBytes) settle(() => reject(tooLarge(limits)));
      else pieces.push(piece);
    };
    const onEnd = () => settle(() => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
    const onGone = () => settle(() => reject(new ClientGone()));
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}

function tooLarge(limits: Pick<Limits, "maxBodyBytes">): AppError {
  return new AppError("request_too_large", `The body is larger than ${Math.floor(limits.maxBodyBytes / 1024 / 1024)} MiB.`);
}
