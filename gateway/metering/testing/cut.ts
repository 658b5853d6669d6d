import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

export interface Cut {
  /** The database's, through the line. */
  url: string;
  cut(): void;
  mend(): void;
  /** From now on each answer of the database arrives that much later. */
  slow(ms: number): void;
  close(): void;
}

/** A port that leads to the database, or nowhere while it is cut; what comes back may be held up. */
export async function startCut(target: string): Promise<Cut> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let open = true;
  let delayMs = 0;
  const server = createServer((client) => {
    if (!open) return client.destroy();
    const upstream = dial(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(upstream).on("data", (bytes) => setTimeout(() => client.write(bytes), delayMs));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" && address ? address.port : 0);
  return {
    url: url.href,
    cut() {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      open = true;
    },
    slow(ms) {
      delayMs = ms;
    },
    close: () => void server.close(),
  };
}
