import { insideForm, repositoryForm, revisionForm } from "../contracts/models.ts";

/** Throws RangeError for what could lead out of a hub's address space or of a folder. */
export function requireSafe(place: { repository: string; revision: string; file?: string }): void {
  if (!repositoryForm.test(place.repository)) throw new RangeError(`not a repository: ${JSON.stringify(place.repository)}`);
  if (!revisionForm.test(place.revision)) throw new RangeError(`not a revision: ${JSON.stringify(place.revision)}`);
  if (place.file !== undefined && !insideForm.test(place.file)) throw new RangeError(`not a file: ${JSON.stringify(place.file)}`);
}
