import { AppError } from "#lib/errors.ts";
import type { Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-body.ts";
import { sendJson } from "../http/reply.ts";
import { embeddingsBody } from "../schemas/embeddings.ts";
import { parseBody } from "../schemas/parse.ts";
import type { Instance } from "./instance.ts";

/** POST /v1/embeddings */
export function embeddings(instance: Instance): Handle {
  return async ({ request, response, signal, note }) => {
    const body = parseBody(embeddingsBody, await readJson(request));
    const embedder = instance.embedderFor(body.model);
    if (body.dimensions && body.dimensions !== embedder.dimensions) {
      throw new AppError("invalid_value", `This model's vectors have ${embedder.dimensions} dimensions.`, { param: "dimensions" });
    }
    const { vectors, tokens, seconds } = await embedder.embed(body.input, signal);
    instance.metrics.addEmbeddings(tokens, seconds);
    note({ promptTokens: tokens });
    const form = body.encoding_format === "base64" ? base64 : (vector: Float32Array) => [...vector];
    sendJson(response, 200, {
      object: "list",
      data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: form(vector) })),
      model: instance.identity.name,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  };
}

function base64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
