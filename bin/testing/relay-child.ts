import { appendFileSync } from "node:fs";

const note = (what: string) => appendFileSync(String(process.argv[2]), `${what}\n`);

for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
  process.on(event, () => {
    note(event);
    process.exit(3);
  });
}
note(`started ${process.pid}`);
