import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Config } from "#lib/config.ts";
import { dataPaths } from "./data-dir.ts";
import { readOrMake } from "./private-file.ts";

/** The installation's secret: HYDRA_SECRET where it is set, else the one kept in the data directory. */
export async function installationSecret(config: Pick<Config, "secret" | "dataDir">): Promise<string> {
  return config.secret ?? readOrMake(dataPaths(config.dataDir).secret, () => randomBytes(32).toString("base64url"));
}

/** Names this installation for good where a path would not do: below `/var/lib/hydra`. */
export function installationId(dataDir: string): Promise<string> {
  return readOrMake(dataPaths(dataDir).installationId, () => randomBytes(6).toString("hex"));
}

/**
 * The token that the first sign-up must show, where anybody on the network could be first; null once there is a user,
 * or while only this machine can reach the console. It stays the same over restarts.
 */
export async function setupToken(
  config: Pick<Config, "setupToken" | "dataDir" | "beyondLoopback">,
  hasUsers: boolean,
): Promise<string | null> {
  const file = dataPaths(config.dataDir).setupToken;
  if (hasUsers || !config.beyondLoopback) {
    await rm(file, { force: true });
    return null;
  }
  return config.setupToken ?? readOrMake(file, () => randomBytes(16).toString("base64url"));
}
