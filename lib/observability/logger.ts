import { type Logger, type LoggerOptions, pino } from "pino";
import { PinoPretty as pretty } from "pino-pretty";

export type { Logger };

const keyPattern = /sk-hy-[0-9A-Za-z]{4,}/g;

/** Replaces anything that looks like a key; for text that comes from outside. */
export function redactKeys(text: string): string {
  return text.replace(keyPattern, (key) => `${key.slice(0, 10)}…`);
}

/** A logger to standard output: one JSON line an entry, or readable lines. Secrets by their usual names are left out. */
export function createLogger(name: string, options: { level: string; format: "json" | "pretty" }): Logger {
  const secrets = ["authorization", "cookie", "password", "token", "secret", "key", "apiKey"];
  const settings: LoggerOptions = {
    name,
    level: options.level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
    serializers: { err: (error) => redactError(pino.stdSerializers.err(error)) },
  };
  // In this thread: a worker's lines would be lost when the process ends on an error.
  return options.format === "pretty" ? pino(settings, pretty({ ignore: "pid,hostname", sync: true })) : pino(settings);
}

function redactError(error: ReturnType<typeof pino.stdSerializers.err>): ReturnType<typeof pino.stdSerializers.err> {
  return { ...error, message: redactKeys(error.message), stack: redactKeys(error.stack ?? "") };
}
