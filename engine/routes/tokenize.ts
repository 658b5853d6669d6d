import type { Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-body.ts";
import { sendJson } from "../http/reply.ts";
import { parseBody } from "../schemas/parse.ts";
import { tokenizeBody } from "../schemas/tokenize.ts";
import type { Instance } from "./instance.ts";

/** POST /tokenize: the tokens of a text, control symbols included, as the model would read it. */
export function tokenize(instance: Instance): Handle {
  return async ({ request, response }) => {
    const { content } = parseBody(tokenizeBody, await readJson(request));
    sendJson(response, 200, { tokens: [...(await instance.loaded().tokenize(content))] });
  };
}
