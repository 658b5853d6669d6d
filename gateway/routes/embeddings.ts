import { parseEmbedding } from "../policies/parse-embedding.ts";
import type { WholeForm } from "./answer-whole.ts";

const largestCount = 2 ** 31 - 1;

/** `POST /v1/embeddings`: charged by the input tokens that the answer tells. */
export const embeddings: WholeForm = {
  purpose: "embedding",
  path: "/v1/embeddings",
  parse: parseEmbedding,
  answerMs: (limits) => limits.firstByteMs,

  usageOf({ usage, data }) {
    const input = typeof usage === "object" && usage !== null && "prompt_tokens" in usage ? usage.prompt_tokens : null;
    if (!Array.isArray(data) || typeof input !== "number" || !Number.isInteger(input) || input < 0) return null;
    return { source: "engine", tokens: { input: Math.min(input, largestCount), cached: 0, output: 0 } };
  },

  shape: (answer, model) => ({ object: "list", ...answer, model }),
};
