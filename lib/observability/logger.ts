import { type Logger, type LoggerOptions, pino } from "pino";
import { PinoPretty as pretty } from "pino-pretty";
import { isoTime } from "../iso-time.ts";
import { LineBlocks } from "./line-blocks.ts";

export type { Logger };

const keyPattern = /sk-hy-[0-9A-Za-z]{4,}/g;

/** Replaces anything that looks like a key; for text that comes from outside. */
export function redactKeys(text: string): string {
  return text.replace(keyPattern, (key) => `${key.slice(0, 10)}…`);
}

const secrets = new Set(["authorization", "cookie", "password", "token", "secret", "key", "apiKey"]);

/**
 * A logger to standard output: one JSON line an entry, or readable lines. Secrets by their usual names are left out.
 * `buffered` writes JSON lines in blocks, each within 100 ms and the rest at the process's end: a write a line is most of
 * what a line costs.
 */
export function createLogger(name: string, options: { level: string; format: "json" | "pretty"; buffered?: boolean }): Logger {
  const settings: LoggerOptions = {
    name,
    level: options.level,
    base: { name },
    timestamp: () => `,"time":"${isoTime(Date.now())}"`,
    // Not pino's own redaction: it copies every entry whole, which was a third of all memory that a request took.
    formatters: { log: (entry) => censored(entry, 1) },
    serializers: { err: (error) => censored(redactError(pino.stdSerializers.err(error)), 0) },
  };
  // In this thread: a worker's lines would be lost when the process ends on an error.
  if (options.format === "pretty") return pino(settings, pretty({ ignore: "pid,hostname", sync: true }));
  if (!options.buffered) return pino(settings);
  return pino(settings, inBlocks());
}

/**
 * Where a logger's lines go, for who makes lines of their own: one object in JSON and its line feed each, of members that hold
 * no secrets. `begin` is what its lines begin with up to the entry's own members.
 */
export function linesOf(logger: Logger): { write(line: string): void; begin(level: "info" | "debug"): string } {
  const inside = logger as unknown as Record<symbol, unknown>;
  const stream = inside[pino.symbols.streamSym] as { write(line: string): void };
  const bindings = inside[pino.symbols.chindingsSym] as string;
  return {
    write: (line) => stream.write(line),
    begin: (level) => `{"level":${logger.levels.values[level]},"time":"${isoTime(Date.now())}"${bindings}`,
  };
}

function inBlocks(): LineBlocks {
  const output = pino.destination({ sync: false });
  const blocks = new LineBlocks(output);
  process.on("exit", () => {
    blocks.flush();
    output.flushSync();
  });
  return blocks;
}

function redactError(error: ReturnType<typeof pino.stdSerializers.err>): ReturnType<typeof pino.stdSerializers.err> {
  return { ...error, message: redactKeys(error.message), stack: redactKeys(error.stack ?? "") };
}

/** The entry without its secrets, down to so many levels below the first; itself where it has none. */
function censored<Entry extends object>(entry: Entry, depth: number): Entry {
  let copy: Entry | null = null;
  for (const name in entry) {
    const value: unknown = entry[name];
    const kept = secrets.has(name) && value !== undefined ? "[redacted]" : depth > 0 && isPlain(value) ? censored(value, depth - 1) : value;
    if (kept === value) continue;
    copy = { ...(copy ?? entry), [name]: kept };
  }
  return copy ?? entry;
}

/** Errors and dates have forms of their own in a log line. */
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Error) && !(value instanceof Date);
}
