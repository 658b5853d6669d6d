import type { z } from "zod";
import { type FilePart, HubError } from "./hub.ts";
import type { HubAnswer, HubSite } from "./request.ts";

const maxAnswerBytes = 16 * 1024 * 1024;

/** An answer's JSON in the form that is expected of a hub. Throws {@link HubError}. */
export async function readJson<Schema extends z.ZodType>(
  site: HubSite,
  { response }: HubAnswer,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readText(response);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const advice = `Is ${site.endpointVariable} right?`;
    throw new HubError("invalid", `${site.endpoint} does not answer like ${site.label}. ${advice}`, { cause });
  }
}

/** The part of a file that an answer carries. Throws {@link HubError} where it is another one than was asked for. */
export function filePart({ response, linked }: HubAnswer, from: number, label: string): FilePart {
  const sha256 = /^"?([0-9a-f]{64})"?$/i.exec(linked.get("x-linked-etag") ?? "")?.[1]?.toLowerCase() ?? null;
  const body = response.body ?? new ReadableStream({ start: (controller) => controller.close() });
  if (response.status !== 206) return { from: 0, totalBytes: length(response.headers.get("content-length")), sha256, body };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (!range || Number(range[1]) !== from) {
    void body.cancel();
    throw new HubError("invalid", `${label} sent another part of the file than was asked for.`);
  }
  return { from, totalBytes: length(range[2] ?? null), sha256, body };
}

function length(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > maxAnswerBytes) throw new HubError("invalid", `The answer of ${new URL(response.url).host} is too large.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
