const identity = '"id":"chatcmpl-1","created":1,"model":"bench"';
const text = "Hello there, this is a short answer.";
const usage = '"usage":{"prompt_tokens":20,"completion_tokens":8,"total_tokens":28}';

function event(choices: string, more = ""): string {
  return `data: {${identity},"object":"chat.completion.chunk","choices":[${choices}]${more}}\n\n`;
}

/** One short answer as an instance streams it: what our gateway asks for, also where its client wants one piece. */
export const streamedAnswer = [
  event('{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}'),
  event(`{"index":0,"delta":{"content":"${text}"},"finish_reason":null}`),
  event('{"index":0,"delta":{},"finish_reason":"stop"}'),
  event("", `,${usage}`),
  "data: [DONE]\n\n",
].join("");

/** The same answer in one piece: what the others ask for. */
export const wholeAnswer = `{${identity},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${text}"},"finish_reason":"stop"}],${usage}}`;

const messages = [
  { role: "system", content: "You are a helpful assistant." },
  { role: "user", content: "Say hello to the reader in one short sentence, please." },
];

/** The call that is measured. */
export function chatBody(model: string, stream = false): string {
  return JSON.stringify({ model, messages, temperature: 0.7, max_tokens: 64, ...(stream ? { stream } : {}) });
}

/** A request as bytes, for the load program. */
export function requestText(port: number, body: string, headers: Record<string, string>): string {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, "content-type": "application/json", ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `POST /v1/chat/completions HTTP/1.1\r\n${lines.join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
