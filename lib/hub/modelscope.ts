import { z } from "zod";
import { filePart, readJson } from "./answers.ts";
import { type Hub, HubError } from "./hub.ts";
import { requireSafe } from "./paths.ts";
import { type HubSite, hubRequest } from "./request.ts";

/** Every answer of its API says in the body whether it went well. */
const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ Code: z.number(), Message: z.string().nullish(), Data: data.nullish() });
/** Of `GET /api/v1/models/<repository>/repo/files`. */
const fileList = envelope(
  z.object({
    Files: z.array(
      z.object({ Path: z.string(), Type: z.string(), Size: z.number().int().min(0).default(0), Sha256: z.string().nullish() }),
    ),
  }),
);
/** Of `GET /api/v1/models/<repository>`. */
const modelInfo = envelope(z.object({ License: z.string().nullish() }));

/** ModelScope, without an account: what is public there. */
export function createModelScope({ endpoint }: { endpoint: string }): Hub {
  const site: HubSite = {
    label: "ModelScope",
    endpoint: endpoint.replace(/\/+$/, ""),
    token: null,
    endpointVariable: "MODELSCOPE_ENDPOINT",
    signInAdvice: "Only public repositories can be used from ModelScope.",
  };
  return {
    name: "modelscope",
    defaultRevision: "master",
    async describe(repository, revision, signal) {
      requireSafe({ repository, revision });
      const what = `repository ${repository} with revision ${revision}`;
      const api = `/api/v1/models/${repository}`;
      const query = `Revision=${encodeURIComponent(revision)}`;
      const list = await readJson(site, await hubRequest(site, `${api}/repo/files?${query}&Recursive=true`, { what, signal }), fileList);
      if (list.Code !== 200 || !list.Data) throw new HubError("not_found", `There is no ${what} on ${site.label} (${site.endpoint}).`);
      const info = await readJson(site, await hubRequest(site, `${api}?${query}`, { what, signal }), modelInfo);
      const files = list.Data.Files.filter((file) => file.Type !== "tree").map((file) => {
        const value = /^[0-9a-f]{64}$/i.exec(file.Sha256 ?? "")?.[0].toLowerCase();
        return { path: file.Path, sizeBytes: file.Size, checksum: value ? ({ kind: "sha256", value } as const) : null };
      });
      return { revision, licence: info.Data?.License || null, private: false, files };
    },
    async open({ repository, revision, file, from, to }, signal) {
      requireSafe({ repository, revision, file });
      const query = `Revision=${encodeURIComponent(revision)}&FilePath=${encodeURIComponent(file)}`;
      const headers: Record<string, string> = from > 0 || to !== undefined ? { range: `bytes=${from}-${to ?? ""}` } : {};
      const what = `file ${file} in ${repository}`;
      const answer = await hubRequest(site, `/api/v1/models/${repository}/repo?${query}`, { what, headers, signal });
      return filePart(answer, from, site.label);
    },
  };
}
