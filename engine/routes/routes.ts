import type { Route } from "../http/exchange.ts";
import { chatCompletions } from "./chat-completions.ts";
import { embeddings } from "./embeddings.ts";
import { health } from "./health.ts";
import type { Instance } from "./instance.ts";
import { metrics } from "./metrics.ts";
import { models } from "./models.ts";
import { textCompletions } from "./text-completions.ts";
import { tokenize } from "./tokenize.ts";

/** Everything the engine answers. */
export function engineRoutes(instance: Instance): Route[] {
  return [
    { method: "GET", path: "/health", access: "open", handle: health(instance) },
    { method: "GET", path: "/metrics", access: "bearer", handle: metrics(instance) },
    { method: "GET", path: "/v1/models", access: "bearer", handle: models(instance) },
    { method: "POST", path: "/v1/chat/completions", access: "bearer", handle: chatCompletions(instance) },
    { method: "POST", path: "/v1/completions", access: "bearer", handle: textCompletions(instance) },
    { method: "POST", path: "/v1/embeddings", access: "bearer", handle: embeddings(instance) },
    { method: "POST", path: "/tokenize", access: "bearer", handle: tokenize(instance) },
  ];
}
