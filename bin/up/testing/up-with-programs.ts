import { parseConfig } from "#lib/config.ts";
import { explain } from "../../installation/explain.ts";
import type { ChildSpec } from "../child.ts";
import { up } from "../up.ts";

// `hydra up` with other children, for tests: `--program <name>:<port>:<signal>:<limitMs>:<ignored signal>` each.
const [journal, ...programs] = process.argv.slice(2);
const children = programs.map((text): ChildSpec => {
  const [name = "", port = "", signal = "SIGTERM", limitMs = "5000", ignored = ""] = text.split(":");
  return {
    name,
    args: ["bin/up/testing/program.ts", name, port, String(journal), ignored],
    ready: async () => (await fetch(`http://127.0.0.1:${port}/`)).ok,
    stop: { signal: signal as NodeJS.Signals, limitMs: Number(limitMs) },
    sources: [],
  };
});
try {
  process.exit(await up(parseConfig(process.env), { dev: false, json: true, children, servingLimitMs: 0 }));
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
