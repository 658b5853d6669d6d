import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { EventStream } from "./event-stream.ts";
import { ClientGone } from "./exchange.ts";

test("a client that reads nothing is let go before it fills the memory", async () => {
  const server = createServer();
  const outcome = new Promise<{ thrown: unknown; most: number; response: ServerResponse }>((resolve) => {
    server.once("request", async (_request, response) => {
      const events = new EventStream(response);
      let most = 0;
      for (;;) {
        try {
          events.send({ text: "x".repeat(10_000) });
          most = Math.max(most, response.writableLength);
        } catch (thrown) {
          resolve({ thrown, most, response });
          return;
        }
        await nextTurn();
      }
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  client.pause();
  client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const { thrown, most, response } = await outcome;
  expect(thrown).toBeInstanceOf(ClientGone);
  expect(response.destroyed).toBe(true);
  expect(most).toBeLessThanOrEqual(4 * 1024 * 1024);
  client.destroy();
  server.close();
});
