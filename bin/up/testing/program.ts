import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

// A child for tests of the supervisor: listens, tells in a file when it starts and which signal ends it, and may ignore one.
const [name, port, journal, ignored] = process.argv.slice(2);
const note = (what: string) => appendFileSync(String(journal), `${name} ${what} ${process.pid}\n`);

const server = createServer((_, response) => response.end("ok")).listen(Number(port), "127.0.0.1", () => note("started"));
for (const signal of ["SIGTERM", "SIGUSR2"] as const) {
  process.on(signal, () => {
    note(signal);
    if (signal === ignored) return;
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
