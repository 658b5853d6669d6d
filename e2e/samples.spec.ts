import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, newKey, newService, test } from "./fixtures.ts";

/**
 * The samples of the product's own pages, unchanged but for host, key and model, and the requests that old and new SDKs
 * send. Nothing here goes through a library of ours.
 */
const run = promisify(execFile);
const model = "public/hydra-tiny";

interface Completion {
  model: string;
  choices: { message?: { content: string }; text?: string; finish_reason: string; index: number }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

function expectTrueUsage({ usage }: Completion) {
  expect(usage.prompt_tokens).toBeGreaterThan(0);
  expect(usage.completion_tokens).toBeGreaterThan(0);
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
}

test("the curl sample answers with content, finish_reason and usage", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const body = `{
    "model": "${model}",
    "messages": [{"role": "user", "content": "Say this is a test!"}],
    "temperature": 0.7
  }`;
  const { stdout } = await run("curl", [
    "-sS",
    `${installation.gatewayUrl}/v1/chat/completions`,
    ...["-H", "Content-Type: application/json"],
    ...["-H", `Authorization: Bearer ${key}`],
    ...["-d", body],
  ]);
  const answer = JSON.parse(stdout) as Completion;
  expect(answer.model).toBe(model);
  expect(answer.choices[0]?.message?.content).not.toBe("");
  expect(answer.choices[0]?.finish_reason).toBe("stop");
  expectTrueUsage(answer);
});

test("a streamed answer arrives piece by piece and ends with [DONE]", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const response = await fetch(`${installation.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Tell me a story" }] }),
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const arrivals: string[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) arrivals.push(decoder.decode(bytes, { stream: true }));
  expect(arrivals.length).toBeGreaterThan(5);
  const events = arrivals.join("").split("\n\n").filter(Boolean);
  expect(events.at(-1)).toBe("data: [DONE]");
  expect(events.length).toBeGreaterThan(10);
});

for (const sdk of ["openai", "openai-v4"]) {
  test(`the Node.js sample runs with ${sdk}`, async ({ page, account: _, installation }) => {
    const key = await newKey(page, installation);
    const sample = `
const OpenAI = require('${sdk}');

const openai = new OpenAI({
  baseURL: '${installation.gatewayUrl}/v1',
  apiKey: '${key}',
});

async function getData() {
  try {
    const chatCompletion = await openai.chat.completions.create({
      model: '${model}',
      messages: [
        { role: 'user', content: 'hello!' },
        { role: 'user', content: 'how are you?' },
      ],
    });

    console.log(chatCompletion.choices[0].message.content);
  } catch (error) {
    if (error instanceof OpenAI.APIError) {
      console.error('API Error:', error.status, error.message);
      console.error('Error details:', error.error);
    } else {
      console.error('Unexpected error:', error);
    }
  }
}

getData();`;
    const { stdout, stderr } = await run(process.execPath, ["--input-type=commonjs", "-e", sample]);
    expect(stderr).toBe("");
    expect(stdout.trim()).not.toBe("");
  });
}

test("the oldest SDK's sample runs: completions without /v1", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const sample = `
const { Configuration, OpenAIApi } = require('openai-v3');
const openai = new OpenAIApi(new Configuration({ apiKey: '${key}', basePath: '${installation.gatewayUrl}' }));
openai.createCompletion({ model: '${model}', prompt: 'What is your name?' }).then((response) => console.log(JSON.stringify(response.data)));`;
  const { stdout } = await run(process.execPath, ["--input-type=commonjs", "-e", sample]);
  const answer = JSON.parse(stdout) as Completion;
  expect(answer.choices[0]?.text?.trim()).not.toBe("");
  expect(answer.choices[0]?.finish_reason).toBe("stop");
  expectTrueUsage(answer);
});

test("the requests that Python's openai 0.28 and 1.x send are answered", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  const old = await fetch(`${installation.gatewayUrl}/completions`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      Accept: "*/*",
      "User-Agent": "OpenAI/v1 PythonBindings/0.28.1",
      "X-OpenAI-Client-User-Agent": JSON.stringify({ bindings_version: "0.28.1", lang: "python", publisher: "openai" }),
    },
    body: JSON.stringify({ model, prompt: "What is your name?" }),
  });
  expect(old.status).toBe(200);
  expect(((await old.json()) as Completion).choices[0]?.text).toBeTruthy();

  const recent = await fetch(`${installation.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      Accept: "application/json",
      "User-Agent": "OpenAI/Python 1.58.1",
      "X-Stainless-Lang": "python",
      "X-Stainless-Package-Version": "1.58.1",
      "X-Stainless-Retry-Count": "0",
      "X-Stainless-Async": "false",
    },
    body: JSON.stringify({
      model,
      messages: [
        { role: "user", content: "hello!" },
        { role: "user", content: "Say this is test?" },
      ],
    }),
  });
  expect(recent.status).toBe(200);
  expect(((await recent.json()) as Completion).choices[0]?.message?.content).toBeTruthy();
});

test("the samples of a model's and a service's page run exactly as they are shown, key aside, in one piece and as a stream", async ({
  page,
  account: _,
  installation,
}) => {
  test.slow();
  const key = await newKey(page, installation);
  const service = await newService(page, installation, "shown");
  for (const [path, accessName] of [
    ["/models/hydra-tiny?tab=api", model],
    [`/services/${service.id}?tab=api`, service.accessName],
  ] as const) {
    await page.goto(path);
    for (const mode of ["Default", "Streaming"] as const) {
      await page.getByRole("radio", { name: mode }).click();
      for (const language of ["curl", "Node.js"] as const) {
        await page.getByRole("tab", { name: language }).click();
        const shown = (await page.getByRole("region", { name: `Request: ${language}` }).textContent()) ?? "";
        expect(shown).toContain(accessName);
        const text = shown.replaceAll("YOUR_API_KEY", key);
        const { stdout } = await (language === "curl"
          ? run("sh", ["-c", text.trim()])
          : run(process.execPath, ["--input-type=module", "-e", text]));
        if (language === "Node.js") expect(stdout.trim(), `${path} ${mode}`).not.toBe("");
        else if (mode === "Streaming") expect(stdout.trim()).toMatch(/^data: \{[\s\S]*data: \[DONE\]$/);
        else expect((JSON.parse(stdout) as Completion).model).toBe(accessName);
      }
    }
  }
});
