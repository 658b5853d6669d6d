import type { IncomingMessage } from "node:http";
import { AppError } from "#lib/errors.ts";

export const maxBodyBytes = 12 * 1024 * 1024;
/** Beyond this a sender is cut off; up to it the rest is read and dropped, so that the sender gets to read the answer. */
const maxDroppedBytes = 64 * 1024 * 1024;

/** The JSON body of a request. Throws AppError for one that is too large, cut short, or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError("invalid_json", "The request body is not valid JSON in UTF-8.", { cause: error });
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxDroppedBytes) break;
    }
  } catch (error) {
    throw new AppError("bad_request", "The request body broke off.", { cause: error });
  }
  if (size > maxBodyBytes) {
    throw new AppError("request_too_large", `The request body is larger than ${maxBodyBytes} bytes. Send less.`);
  }
  return Buffer.concat(chunks);
}
