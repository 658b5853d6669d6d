import type { Db } from "#lib/db/client.ts";
import { readGgufFile } from "#lib/gguf/file.ts";
import type { WeightsRef } from "./ref.ts";
import type { ReadyWeights } from "./status.ts";

/** As in lib/services/models: what is longer is no template. */
const maxTemplateChars = 65_536;

/** A row of an earlier version has a size and not the rest. */
const unsaid = [{ sizeBytes: null }, { cacheBytesPerToken: null, format: "gguf" as const }];

/** Writes what downloaded weights say of themselves into every row that names them and does not say it yet. */
export async function recordFacts(db: Db, { hub, repository, revision, file }: WeightsRef, ready: ReadyWeights): Promise<void> {
  const header = file === "" ? null : await readGgufFile(ready.path);
  const template = header?.chatTemplate ?? null;
  const facts = {
    sizeBytes: BigInt(ready.sizeBytes),
    ...(header ? { architecture: header.architecture, cacheBytesPerToken: header.cacheBytesPerToken } : {}),
    ...(template !== null && template.length <= maxTemplateChars ? { chatTemplate: template } : {}),
  };
  await db.modelWeights.updateMany({ where: { hub, repository, revision, file, OR: unsaid }, data: facts });
}
