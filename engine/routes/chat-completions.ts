import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-body.ts";
import { chatCompletionBody, messagesOf } from "../schemas/chat-completion.ts";
import { samplingOf, streamOptionsOf } from "../schemas/generation.ts";
import { parseBody } from "../schemas/parse.ts";
import { chatCompletionShape } from "../shapes/chat-completion.ts";
import { answerGeneration } from "./answer.ts";
import type { Instance } from "./instance.ts";

/** POST /v1/chat/completions */
export function chatCompletions(instance: Instance): Handle {
  return async (exchange: Exchange) => {
    const body = parseBody(chatCompletionBody, await readJson(exchange.request));
    const engine = instance.engineFor(body.model);
    const generation = {
      prompt: await engine.chatPrompt(messagesOf(body)),
      sampling: samplingOf(body),
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
      stops: body.stop,
      stream: streamOptionsOf(body),
    };
    const shape = chatCompletionShape(instance.head("chatcmpl", exchange.requestId));
    await answerGeneration(engine, exchange, generation, shape);
  };
}
