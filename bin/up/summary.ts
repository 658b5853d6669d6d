import { type Config, endpointUrl } from "#lib/config.ts";
import { dataPaths } from "../installation/data-dir.ts";

export interface Ready {
  config: Config;
  /** Names of the processes. */
  running: string[];
  setupToken: string | null;
  hasUsers: boolean;
  /** Whether the platform's own services have a ready instance. */
  serving: boolean;
  seconds: number;
  /** Of the process to signal where there is no terminal for Ctrl-C. */
  pid: number;
}

/** The block that ends a start: where everything is, what to do first, how to stop. */
export function readyBlock(ready: Ready): string {
  const { config, running } = ready;
  const hasConsole = running.includes("console");
  const { logs } = dataPaths(config.dataDir);
  const database = config.databaseUrl ? "the PostgreSQL of DATABASE_URL" : "an embedded PostgreSQL";
  const lines: [string, string][] = [
    ...(hasConsole ? [["Console", config.consoleUrl] as [string, string]] : []),
    ["Gateway", endpointUrl(config, null)],
    ["Data", `${config.dataDir} and ${database}`],
    ["Logs", `${logs} (${running.map((name) => `${name}.log`).join(", ")})`],
    ...(ready.hasUsers || !hasConsole ? [] : [["First", firstStep(ready)] as [string, string]]),
    ...(ready.setupToken && hasConsole ? [["Token", `${ready.setupToken}  (asked for by the first sign-up)`] as [string, string]] : []),
    ...(ready.serving ? [] : [["Note", "public/hydra-tiny is still starting; the console shows when it runs"] as [string, string]]),
    ["Stop", `Ctrl-C, or: kill ${ready.pid}`],
  ];
  const body = lines.map(([label, text]) => `  ${label.padEnd(10)}${text}`).join("\n");
  return `\n  Hydra is ready (${ready.seconds.toFixed(1)} s)\n\n${body}\n`;
}

function firstStep({ config }: Ready): string {
  return `open ${config.consoleUrl} and sign up (the first account is the operator), then try a model or create an API key`;
}
