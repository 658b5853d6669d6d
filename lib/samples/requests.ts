import { jsonNotation, messageJson, messageList, type SampleConversation, scriptNotation, testConversation } from "./conversation.ts";

/** One call as the samples make it. */
export interface SampleCall {
  /** Base address, ending in `/v1`; the official SDKs take this one. */
  endpoint: string;
  /** The whole address, for curl. */
  url: string;
  accessName: string;
  apiKey: string;
  /** What is asked; left out: a short test. */
  conversation?: SampleConversation;
}

/** One command for a POSIX shell. */
export function curlChat({ url, accessName, apiKey, conversation }: Omit<SampleCall, "endpoint">, stream: boolean): string {
  const { messages, parameters } = conversation ?? testConversation;
  const members = [
    `"model": "${accessName}"`,
    `"messages": ${messageJson(messages, "    ")}`,
    ...Object.entries(parameters).map(([name, value]) => `"${name}": ${value}`),
    ...(stream ? ['"stream": true', '"stream_options": {"include_usage": true}'] : []),
  ];
  const body = `{\n    ${members.join(",\n    ")}\n  }`;
  // Without -N curl holds small pieces back, and a stream would not look like one.
  return `curl ${stream ? "-N " : ""}'${url}' \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer ${apiKey}" \\
  -d '${body.replaceAll("'", "'\\''")}'`;
}

/** For `openai` 1.0 and newer from PyPI. */
export function pythonChat({ endpoint, accessName, apiKey, conversation }: SampleCall, stream: boolean): string {
  const { messages, parameters } = conversation ?? testConversation;
  const create = (rest: string) => `from openai import OpenAI

client = OpenAI(
    base_url="${endpoint}",
    api_key="${apiKey}",
)

${stream ? "stream" : "response"} = client.chat.completions.create(
    model="${accessName}",
    messages=${messageList(messages, jsonNotation, "    ")},
${Object.entries(parameters)
  .map(([name, value]) => `    ${name}=${value},\n`)
  .join("")}${rest}`;
  if (!stream) return create(")\n\nprint(response.choices[0].message.content)");
  return create(`    stream=True,
)

for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`);
}

/** An ES module for `openai` 4 and newer from npm. */
export function nodeChat({ endpoint, accessName, apiKey, conversation }: SampleCall, stream: boolean): string {
  const { messages, parameters } = conversation ?? testConversation;
  const create = (rest: string) => `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${endpoint}",
  apiKey: "${apiKey}",
});

const ${stream ? "stream" : "response"} = await client.chat.completions.create({
  model: "${accessName}",
  messages: ${messageList(messages, scriptNotation, "  ")},
${Object.entries(parameters)
  .map(([name, value]) => `  ${name}: ${value},\n`)
  .join("")}${rest}`;
  if (!stream) return create("});\n\nconsole.log(response.choices[0].message.content);");
  return create(`  stream: true,
});

for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`);
}
