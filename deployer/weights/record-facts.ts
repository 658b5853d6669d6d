import type { Db } from "#lib/db/client.ts";
import { readGgufFile } from "#lib/gguf/file.ts";
import type { WeightsRef } from "./ref.ts";
import type { ReadyWeights } from "./status.ts";

/** As in lib/services/models: what is longer is no template. */
const maxTemplateChars = 65_536;

/** Writes what downloaded weights say of themselves into every row that names them and does not say it yet. */
export async function recordFacts(db: Db, { hub, repository, revision, file }: WeightsRef, ready: ReadyWeights): Promise<void> {
  const header = file === "" ? null : await readGgufFile(ready.path);
  const template = header?.chatTemplate ?? null;
  const facts = {
    sizeBytes: BigInt(ready.sizeBytes),
    ...(header ? { architecture: header.architecture } : {}),
    ...(template !== null && template.length <= maxTemplateChars ? { chatTemplate: template } : {}),
  };
  await db.modelWeights.updateMany({ where: { hub, repository, revision, file, sizeBytes: null }, data: facts });
}
