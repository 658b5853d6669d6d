const visible = /^[\x21-\x7e]+$/;
const printable = /^[\t\x20-\x7e]+$/;

/**
 * Writes requests to one host. What they begin with, up to the first header that differs, is mostly the same as in the request
 * before: it was looked through then, and is one text. So what changes each time should come last.
 */
export class RequestHeads {
  readonly #host: string;
  #path = "";
  /** Request line, host, and the headers that were the same. */
  #begin = "";
  /** Names and values in turn, of those headers. */
  #same: unknown[] = [];

  constructor(host: string) {
    this.#host = host;
  }

  /** A POST of that body. Throws where path or a header would not stay what they are. */
  requestText(path: string, headers: readonly unknown[], body: string): string {
    if (!this.#isSame(path, headers)) this.#take(path, headers);
    let head = this.#begin;
    for (let index = this.#same.length; index < headers.length; index += 2) head += line(headers[index], headers[index + 1]);
    return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  #isSame(path: string, headers: readonly unknown[]): boolean {
    if (path !== this.#path || headers.length < this.#same.length) return false;
    for (let index = 0; index < this.#same.length; index++) if (headers[index] !== this.#same[index]) return false;
    return true;
  }

  /** All but the last header is taken to be the same the next time. */
  #take(path: string, headers: readonly unknown[]): void {
    if (!visible.test(path)) throw new Error("the path of the request holds characters that it must not");
    const same = headers.slice(0, -2);
    let begin = `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n`;
    for (let index = 0; index < same.length; index += 2) begin += line(same[index], same[index + 1]);
    this.#path = path;
    this.#same = same;
    this.#begin = begin;
  }
}

function line(name: unknown, value: unknown): string {
  const text = `${name}: ${value}`;
  if (!printable.test(text)) throw new Error(`the header ${name} of the request holds characters that it must not`);
  return `${text}\r\n`;
}
