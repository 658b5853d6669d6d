const id = "chatcmpl-1d033c426254417b7b067530";
const created = 1_733_724_462;
const pieces = ["This", " is", " a", " test!"];
const usage = { prompt_tokens: 14, completion_tokens: 5, total_tokens: 19 };

/** An answer in one piece, as the gateway sends it. */
export function responseJson(accessName: string): string {
  const message = { role: "assistant", content: pieces.join("") };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return JSON.stringify({ id, object: "chat.completion", created, model: accessName, choices, usage }, null, 2);
}

/** The same answer as server-sent events. */
export function responseStream(accessName: string): string {
  const event = (rest: object) => `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model: accessName, ...rest })}`;
  const choice = (delta: object, finish_reason: string | null) => event({ choices: [{ index: 0, delta, finish_reason }] });
  const content = pieces.map((text, index) => choice(index === 0 ? { role: "assistant", content: text } : { content: text }, null));
  return [...content, choice({}, "stop"), event({ choices: [], usage }), "data: [DONE]"].join("\n\n");
}
