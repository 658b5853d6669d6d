import { startWall } from "./wall.ts";

/** The wall as a process of its own, for tests that kill it and for load: prints its address, ends on SIGTERM. */
const wall = await startWall({ port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${wall.url}\n`);
process.on("SIGTERM", () => void wall.close().then(() => process.exit(0)));
