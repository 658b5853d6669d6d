import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** PostgreSQL's NotificationResponse. */
const notification = "A".charCodeAt(0);
const headBytes = 5;

/** A way to a PostgreSQL on which everything passes but notifications, as with a transaction pooler. */
export async function startDeafProxy(target: URL): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    near.pipe(far);
    far.on(
      "data",
      withoutNotifications((bytes) => near.write(bytes)),
    );
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Hands on the server's messages, each a letter and a length with its content, but for notifications. */
function withoutNotifications(write: (bytes: Buffer) => void): (part: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (part) => {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= headBytes) {
      const size = 1 + rest.readUInt32BE(1);
      if (rest.length < size) return;
      if (rest[0] !== notification) write(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  };
}
