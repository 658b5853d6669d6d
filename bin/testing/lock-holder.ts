import { lockDataDir } from "../installation/lock.ts";

// Holds the lock of a data directory until it is killed.
await lockDataDir(String(process.argv[2]), { command: "up", consoleUrl: "http://localhost:3000" });
console.log("held");
setInterval(() => {}, 60_000);
