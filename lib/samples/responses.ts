const answer = { id: "chatcmpl-01m7wbepn5jnj3s381syyqfrm7", created: 1_795_174_128 };
const pieces = ["This", " is", " a", " test", "!"];
const usage = { prompt_tokens: 15, completion_tokens: 6, total_tokens: 21 };

/** An answer in one piece, as the gateway sends it. */
export function responseJson(accessName: string): string {
  const message = { role: "assistant", content: pieces.join("") };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return JSON.stringify({ ...answer, model: accessName, object: "chat.completion", choices, usage }, null, 2);
}

/** The same answer as server-sent events. */
export function responseStream(accessName: string): string {
  const head = { ...answer, model: accessName, object: "chat.completion.chunk" };
  const event = (rest: object) => `data: ${JSON.stringify({ ...head, ...rest })}`;
  const choice = (delta: object, finish_reason: string | null) => event({ choices: [{ index: 0, delta, finish_reason }] });
  return [
    choice({ role: "assistant", content: "" }, null),
    ...pieces.map((content) => choice({ content }, null)),
    choice({}, "stop"),
    event({ choices: [], usage }),
    "data: [DONE]",
  ].join("\n\n");
}
