import { z } from "zod";
import { filePart, readJson } from "./answers.ts";
import type { Checksum, Hub } from "./hub.ts";
import { requireSafe } from "./paths.ts";
import { type HubSite, hubRequest } from "./request.ts";

const sibling = z.object({
  rfilename: z.string(),
  size: z.number().int().min(0).nullish(),
  blobId: z.string().nullish(),
  lfs: z.object({ sha256: z.string(), size: z.number().int().min(0) }).nullish(),
});
/** Of `GET /api/models/<repository>/revision/<revision>?blobs=true`, as far as it is read here. */
const modelInfo = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  private: z.boolean().default(false),
  cardData: z.object({ license: z.union([z.string(), z.array(z.string())]).nullish() }).nullish(),
  siblings: z.array(sibling),
});

/** Hugging Face, or a mirror that speaks its routes. */
export function createHuggingFace({ endpoint, token }: { endpoint: string; token: string | null }): Hub {
  const site: HubSite = {
    label: "Hugging Face",
    endpoint: endpoint.replace(/\/+$/, ""),
    token,
    endpointVariable: "HF_ENDPOINT",
    signInAdvice: token
      ? "The account of HF_TOKEN must have been given access to it."
      : "Set HF_TOKEN to a token of an account that has access.",
  };
  return {
    name: "huggingface",
    defaultRevision: "main",
    async describe(repository, revision, signal) {
      requireSafe({ repository, revision });
      const answer = await hubRequest(site, `/api/models/${repository}/revision/${revision}?blobs=true`, {
        what: `repository ${repository} with revision ${revision}`,
        signal,
      });
      const info = await readJson(site, answer, modelInfo);
      const licence = [info.cardData?.license ?? []].flat()[0] ?? null;
      const files = info.siblings.map((one) => ({
        path: one.rfilename,
        sizeBytes: one.lfs?.size ?? one.size ?? 0,
        checksum: checksumOf(one),
      }));
      return { revision: info.sha, licence, private: info.private, files };
    },
    async open({ repository, revision, file, from, to }, signal) {
      requireSafe({ repository, revision, file });
      const path = file.split("/").map(encodeURIComponent).join("/");
      const headers: Record<string, string> = from > 0 || to !== undefined ? { range: `bytes=${from}-${to ?? ""}` } : {};
      const answer = await hubRequest(site, `/${repository}/resolve/${revision}/${path}`, {
        what: `file ${file} in ${repository}`,
        headers,
        signal,
      });
      return filePart(answer, from, site.label);
    },
  };
}

function checksumOf({ lfs, blobId }: z.output<typeof sibling>): Checksum | null {
  if (lfs && /^[0-9a-f]{64}$/i.test(lfs.sha256)) return { kind: "sha256", value: lfs.sha256.toLowerCase() };
  if (!lfs && blobId && /^[0-9a-f]{40}$/i.test(blobId)) return { kind: "gitBlob", value: blobId.toLowerCase() };
  return null;
}
