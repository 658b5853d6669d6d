import { ConfigError } from "#lib/config.ts";
import { AppError } from "#lib/errors.ts";
import { Refusal } from "./refusal.ts";

const systemSentences: Record<string, string> = {
  ENOSPC: "The disk is full. Free some space, or set HYDRA_DATA_DIR to a larger disk.",
  EDQUOT: "Your disk quota is used up. Free some space, or set HYDRA_DATA_DIR to another disk.",
  EROFS: "The disk is read-only. Set HYDRA_DATA_DIR to a directory that can be written.",
};

/** PostgreSQL's own codes for a disk without space, for itself or for what it logs. */
const databaseSentences: Record<string, string> = {
  "53100": "The disk of the database is full. Free some space, then try again.",
  "57P03": "The database is starting or stopping. Try again in a moment.",
};

/** The sentences to show for a failure, one a line; what is not expected is shown with its stack, to be reported. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof Refusal || error instanceof AppError) return error.message;
  const code = errorCode(error);
  const known = code ? (systemSentences[code] ?? databaseSentences[code]) : undefined;
  if (known) return known;
  if (/No space left on device/.test(String(error))) return systemSentences.ENOSPC ?? "";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function errorCode(error: unknown): string | null {
  for (let value: unknown = error; value instanceof Error; value = value.cause) {
    if ("code" in value && typeof value.code === "string") return value.code;
  }
  return null;
}
