import { AppError } from "#lib/errors.ts";
import { schemaGrammar } from "../grammar/schema-grammar.ts";
import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-body.ts";
import type { LlamaEngine } from "../llama/engine.ts";
import {
  type ChatCompletionBody,
  chatCompletionBody,
  imagesOf,
  messagesOf,
  templateArgumentsOf,
  thinkingOf,
} from "../schemas/chat-completion.ts";
import { cacheScopeOf, samplingOf, streamOptionsOf } from "../schemas/generation.ts";
import { checkImages } from "../schemas/images.ts";
import { parseBody } from "../schemas/parse.ts";
import { grammarOf } from "../schemas/response-format.ts";
import { type ToolUse, toolUseOf } from "../schemas/tools.ts";
import { chatCompletionShape } from "../shapes/chat-completion.ts";
import { answerGeneration, type Generation } from "./answer.ts";
import type { Instance } from "./instance.ts";

/** POST /v1/chat/completions */
export function chatCompletions(instance: Instance): Handle {
  return async (exchange: Exchange) => {
    const body = parseBody(chatCompletionBody, await readJson(exchange.request));
    const engine = instance.engineFor(body.model);
    engine.requireRoom(body.n ?? 1);
    const generation = await generationOf(engine, body);
    const shape = chatCompletionShape(instance.head("chatcmpl", exchange.requestId));
    await answerGeneration(engine, instance.metrics, exchange, generation, shape);
  };
}

async function generationOf(engine: LlamaEngine, body: ChatCompletionBody): Promise<Generation> {
  const format = grammarOf(body.response_format);
  const toolUse = checkedToolUse(engine, body);
  if (format !== null && toolUse.mustCall) {
    throw new AppError("invalid_value", "An answer cannot both be a call and have a `response_format`.", { param: "response_format" });
  }
  const thoughtsApart = body.reasoning_format !== "none";
  const images = checkImages(imagesOf(body), engine.readsImages);
  const chat = await engine.prompts.chat({
    messages: messagesOf(body),
    images,
    // An answer of a set form is no call.
    tools: format === null ? toolUse.tools : [],
    mustCall: toolUse.mustCall,
    parallelCalls: toolUse.parallelCalls,
    // Held to a form, it would have to think in that form.
    thinking: format === null && !toolUse.mustCall && thinkingOf(body),
    thoughtsApart,
    templateArguments: templateArgumentsOf(body),
  });
  return {
    prompt: chat.prompt,
    sampling: samplingOf(body),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    stops: body.stop,
    grammar: format ?? chat.grammar,
    parser: chat.parser,
    thinking: format === null ? chat.thinking : null,
    thoughtsApart,
    thinkingBudget: body.thinking_budget_tokens ?? null,
    cacheScope: cacheScopeOf(body),
    answers: body.n ?? 1,
    stream: streamOptionsOf(body),
  };
}

/** Throws AppError where the model knows no tools, and where the schema of one that must be called cannot be kept. */
function checkedToolUse(engine: LlamaEngine, body: ChatCompletionBody): ToolUse {
  const toolUse = toolUseOf(body);
  if (toolUse === null)
    throw new AppError("invalid_value", "`tool_choice` asks for a tool that is not in `tools`.", { param: "tool_choice" });
  const speaksOfTools = body.messages.findIndex(({ role, tool_calls: calls }) => role === "tool" || Boolean(calls?.length));
  if (!engine.prompts.template.hasTools && (toolUse.tools.length > 0 || speaksOfTools !== -1)) {
    const param = toolUse.tools.length > 0 ? "tools" : `messages[${speaksOfTools}]`;
    throw new AppError(
      "unknown_parameter",
      `\`${param}\`: this model's chat template knows no tools; choose a model that can call tools.`,
      { param },
    );
  }
  if (toolUse.mustCall) {
    for (const { function: tool } of toolUse.tools) {
      const index = body.tools?.findIndex((one) => one.function.name === tool.name);
      schemaGrammar(tool.parameters, `tools[${index}].function.parameters`);
    }
  }
  return toolUse;
}
