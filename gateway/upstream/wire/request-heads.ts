const visible = /^[\x21-\x7e]+$/;
const printable = /^[\t\x20-\x7e]+$/;

/** Writes requests to one host. What is the same as in the request before has been looked through then. */
export class RequestHeads {
  readonly #host: string;
  #path = "";
  #begin = "";
  /** Names and values in turn, of the request before. */
  readonly #sound: unknown[] = [];

  constructor(host: string) {
    this.#host = host;
  }

  /** A POST of that body. Throws where path or a header would not stay what they are. */
  requestText(path: string, headers: readonly unknown[], body: string): string {
    if (path !== this.#path) this.#take(path);
    let head = this.#begin;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index];
      const value = headers[index + 1];
      if (name !== this.#sound[index] || value !== this.#sound[index + 1]) this.#check(index, name, value);
      head += `${name}: ${value}\r\n`;
    }
    return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  #take(path: string): void {
    if (!visible.test(path)) throw new Error("the path of the request holds characters that it must not");
    this.#path = path;
    this.#begin = `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n`;
  }

  #check(index: number, name: unknown, value: unknown): void {
    if (!printable.test(`${name}: ${value}`)) throw new Error(`the header ${name} of the request holds characters that it must not`);
    this.#sound[index] = name;
    this.#sound[index + 1] = value;
  }
}
