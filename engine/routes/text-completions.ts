import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-body.ts";
import { cacheScopeOf, samplingOf, streamOptionsOf } from "../schemas/generation.ts";
import { parseBody } from "../schemas/parse.ts";
import { defaultTextMaxTokens, textCompletionBody } from "../schemas/text-completion.ts";
import { textCompletionShape } from "../shapes/text-completion.ts";
import { answerGeneration } from "./answer.ts";
import type { Instance } from "./instance.ts";

/** POST /v1/completions */
export function textCompletions(instance: Instance): Handle {
  return async (exchange: Exchange) => {
    const body = parseBody(textCompletionBody, await readJson(exchange.request));
    const engine = instance.engineFor(body.model);
    engine.requireRoom(body.n ?? 1);
    const generation = {
      prompt: await engine.prompts.text(body.prompt),
      sampling: samplingOf(body),
      maxTokens: body.max_tokens ?? defaultTextMaxTokens,
      stops: body.stop,
      grammar: null,
      parser: null,
      thinking: null,
      thoughtsApart: false,
      thinkingBudget: null,
      cacheScope: cacheScopeOf(body),
      answers: body.n ?? 1,
      stream: streamOptionsOf(body),
    };
    const shape = textCompletionShape(instance.head("cmpl", exchange.requestId));
    await answerGeneration(engine, instance.metrics, exchange, generation, shape);
  };
}
