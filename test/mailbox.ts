import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface ReceivedMail {
  from: string;
  to: string[];
  /** As sent, encoded words and all. */
  subject: string;
  /** Decoded. */
  text: string;
}

export interface Mailbox {
  /** For SMTP_URL. */
  url: string;
  mails: ReceivedMail[];
  close(): Promise<void>;
}

/** A mail server that takes every mail, as far as a client needs it: RFC 5321 without TLS or sign-in. `port` 0: a free one. */
export async function startMailbox(port = 0): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => {}));
    serve(socket, (mail) => mails.push(mail));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket, take: (mail: ReceivedMail) => void): void {
  let from = "";
  let to: string[] = [];
  let pending = "";
  let data: string | null = null;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say("220 mailbox ESMTP");
  socket.setEncoding("utf8").on("data", (piece: string) => {
    pending += piece;
    for (let end = pending.indexOf("\r\n"); end !== -1; end = pending.indexOf("\r\n")) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      if (data !== null) {
        if (line !== ".") data += `${line.replace(/^\./, "")}\r\n`;
        else {
          take(read(from, to, data));
          [data, to] = [null, []];
          say("250 taken");
        }
        continue;
      }
      const [, verb = "", rest = ""] = /^(\w+)\s*(.*)$/.exec(line) ?? [];
      if (/^mail$/i.test(verb)) from = addressIn(rest);
      if (/^rcpt$/i.test(verb)) to.push(addressIn(rest));
      if (/^data$/i.test(verb)) data = "";
      say(data === "" ? "354 go on" : /^quit$/i.test(verb) ? "221 bye" : "250 mailbox");
    }
  });
}

function addressIn(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? "";
}

function read(from: string, to: string[], data: string): ReceivedMail {
  const split = data.indexOf("\r\n\r\n");
  const head = data.slice(0, split).replace(/\r\n\s+/g, " ");
  const body = data.slice(split + 4);
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim() ?? "";
  return { from, to, subject: header("subject"), text: decoded(body, header("content-transfer-encoding").toLowerCase()) };
}

function decoded(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
