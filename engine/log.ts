import { pino } from "pino";
import { createLogger, type Logger } from "#lib/observability/logger.ts";

/** The engine's log, one JSON line an event, on the descriptor that native code does not print to. */
export function createEngineLogger(level: string, descriptor: number): Logger {
  const logger = createLogger("engine", { level, format: "json" });
  // createLogger always writes to descriptor 1.
  Object.assign(logger, { [pino.symbols.streamSym]: pino.destination({ fd: descriptor, sync: true }) });
  return logger;
}
