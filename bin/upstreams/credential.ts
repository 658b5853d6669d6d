import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { upstreamCredential } from "#lib/contracts/upstreams.ts";
import { type CommandInput, UsageError } from "../cli/command.ts";

/**
 * The credential that the options name: undefined where they name none, null for "it asks for none". Never an argument of the
 * command itself, which every user of the machine can read in the list of processes.
 */
export async function credentialOf(values: CommandInput["values"], stdin: NodeJS.ReadableStream): Promise<string | null | undefined> {
  const given = ["credential-file", "credential-stdin", "no-credential"].filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`${given.map((name) => `--${name}`).join(" and ")} cannot both be given.`);
  if (values["no-credential"]) return null;
  const file = values["credential-file"];
  if (file === undefined && !values["credential-stdin"]) return undefined;
  const read = file === undefined ? await text(stdin) : await readCredential(String(file));
  const parsed = upstreamCredential.safeParse(read.trim());
  if (!parsed.success) throw new UsageError(`The credential ${parsed.error.issues[0]?.message ?? "cannot be used"}.`);
  return parsed.data;
}

async function readCredential(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--credential-file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}
