/** The header fields of a message. */
export interface Fields {
  /** By name in lower case; values of a name that is sent more often are joined by `, `. */
  values: Record<string, string>;
  /** In lower case, each as often as it was sent. */
  names: string[];
}

/** What ends a message's body: a length in bytes, chunks, or nothing that the fields tell. */
export type Framing = number | "chunked" | "untold";

/** A message that is not HTTP/1.1, or that two readers could read differently. `reason` is for logs. */
export class MalformedMessage extends Error {
  override name = "MalformedMessage";
  readonly reason: "malformed" | "head_too_long" | "chunk_line_too_long";

  constructor(message: string, reason: MalformedMessage["reason"] = "malformed") {
    super(message);
    this.reason = reason;
  }
}

/** No controls: a lone CR or LF must not begin a line that another reader sees. */
const fieldLine = /^[\t\x20-\x7e\x80-\xff]*$/;
const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Reads field lines from that one on (RFC 9112, 5). Throws MalformedMessage on folded lines and on two lengths or codings. */
export function readFields(lines: readonly string[], from = 0): Fields {
  const values: Record<string, string> = Object.create(null);
  const names: string[] = [];
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] as string;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!fieldName.test(name) || !fieldLine.test(line)) throw new MalformedMessage("malformed header line");
    names.push(name);
    const value = withoutBlanks(line, colon + 1);
    const before = values[name];
    if (before === undefined) values[name] = value;
    else if (name === "content-length" || name === "transfer-encoding") throw new MalformedMessage(`two ${name} headers`);
    else values[name] = `${before}, ${value}`;
  }
  return { values, names };
}

/** How the body of a message with these fields ends (RFC 9112, 6.3). Throws MalformedMessage where that could be read in two ways. */
export function framingOf(values: Readonly<Record<string, string>>): Framing {
  const coding = values["transfer-encoding"];
  const length = values["content-length"];
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== "chunked") throw new MalformedMessage("ambiguous length");
    return "chunked";
  }
  if (length === undefined) return "untold";
  if (!/^\d{1,15}$/.test(length)) throw new MalformedMessage("malformed content-length");
  return Number(length);
}

/** What stands from there on, without spaces and tabs around it. */
function withoutBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
