import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseSettings } from "#deployer/drivers/kubernetes/settings.ts";
import { type RegionInput, regionInput } from "#lib/services/regions/set-region.ts";
import { UsageError } from "../cli/command.ts";

/** A file's region, its settings as the driver would read them. Throws UsageError, which names each wrong member. */
export async function readRegion(file: string): Promise<RegionInput> {
  let text: unknown;
  try {
    text = JSON.parse(await readFile(resolve(file), "utf8"));
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`, { cause });
  }
  const parsed = regionInput.safeParse(text);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`);
    throw new UsageError(`${file}: ${wrong.join("; ")}`);
  }
  try {
    parseSettings(parsed.data.settings);
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`, { cause });
  }
  return parsed.data;
}
