import { parseChat } from "../policies/parse-chat.ts";
import { parseCompletion } from "../policies/parse-completion.ts";
import { shuttingDown } from "./active-calls.ts";
import { answerWhole } from "./answer-whole.ts";
import { embeddings } from "./embeddings.ts";
import { sendJson } from "./exchange.ts";
import { type GenerateDeps, generate } from "./generate.ts";
import { images } from "./images.ts";
import { describeKey, type KeyDeps } from "./key.ts";
import { listModels, type ModelsDeps, retrieveModel } from "./models.ts";
import { type ReceiptDeps, readReceipt } from "./receipt.ts";
import type { Route } from "./router.ts";
import type { DrainState } from "./serve.ts";
import { chatShape } from "./shape-chat.ts";
import { textShape } from "./shape-text.ts";

export interface TableDeps extends GenerateDeps, ModelsDeps, KeyDeps, ReceiptDeps {
  checkServing(): Promise<void>;
}

/** Every route there is. */
export function routeTable(deps: TableDeps, state: DrainState): Route[] {
  const chat = { parse: parseChat, shape: chatShape };
  const text = { parse: parseCompletion, shape: textShape };
  const routes: Omit<Route, "name">[] = [
    { method: "POST", pattern: "/chat/completions", api: true, handle: (exchange) => generate(exchange, deps, chat) },
    { method: "POST", pattern: "/completions", api: true, handle: (exchange) => generate(exchange, deps, text) },
    { method: "POST", pattern: "/embeddings", api: true, handle: (exchange) => answerWhole(exchange, deps, embeddings) },
    { method: "POST", pattern: "/images/generations", api: true, handle: (exchange) => answerWhole(exchange, deps, images) },
    { method: "GET", pattern: "/models", api: true, handle: (exchange) => listModels(exchange, deps) },
    { method: "GET", pattern: "/models/*", api: true, handle: (exchange, name) => retrieveModel(exchange, deps, name) },
    { method: "GET", pattern: "/key", api: true, handle: (exchange) => describeKey(exchange, deps) },
    { method: "GET", pattern: "/usage/*", api: true, handle: (exchange, id) => readReceipt(exchange, deps, id) },
    { method: "GET", pattern: "/healthz", api: false, handle: async (exchange) => sendJson(exchange, 200, { status: "ok" }) },
    {
      method: "GET",
      pattern: "/readyz",
      api: false,
      async handle(exchange) {
        if (state.draining) throw shuttingDown();
        await deps.checkServing();
        sendJson(exchange, 200, { status: "ok" });
      },
    },
  ];
  return routes.map((route) => ({ ...route, name: route.api ? `/v1${route.pattern}` : route.pattern }));
}
