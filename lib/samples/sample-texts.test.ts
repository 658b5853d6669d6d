import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { chatRequest } from "#lib/contracts/openai/chat-request.ts";
import { imagePlaceholder, type SampleConversation } from "./conversation.ts";
import { keyCheckCommand } from "./key-check.ts";
import { conversationTexts, keyPlaceholder, type SampleText, sampleTexts } from "./sample-texts.ts";

const run = promisify(execFile);
const key = "sk-hy-0123456789abcdefghijklmnopqrstuvwxyz01";

interface Received {
  path: string;
  authorization: string | undefined;
  body: unknown;
}

let dir: string;
let server: Server;
let endpoint: string;
let received: Received | null = null;
let samples: ReturnType<typeof sampleTexts>;

// Answers with the very responses that the page shows, so that what a reader sees is also what their client can read.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-samples-"));
  // A module finds `openai` by walking up from its own folder.
  await symlink(join(rootDir, "node_modules"), join(dir, "node_modules"), "dir");
  server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => null);
    received = { path: request.url ?? "", authorization: request.headers.authorization, body };
    const stream = (body as { stream?: boolean } | null)?.stream === true;
    response.setHeader("content-type", stream ? "text/event-stream" : "application/json");
    response.end(`${samples[stream ? "streaming" : "whole"].response.code}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  samples = sampleTexts({ endpoint, accessName: "u-1100a15812cc/qwen2.5-7b" });
});

afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true, force: true });
});

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const piece of request) text += piece;
  return text === "" ? null : JSON.parse(text);
}

function sample(mode: "whole" | "streaming", id: string): SampleText {
  const found = samples[mode].request.find((one) => one.id === id);
  if (!found) throw new Error(`no sample ${id}`);
  return found;
}

const withKey = (code: string) => code.replaceAll(keyPlaceholder, key);

function expectCall(stream: boolean) {
  expect(received).toMatchObject({ path: "/v1/chat/completions", authorization: `Bearer ${key}` });
  const body = chatRequest.parse(received?.body);
  expect(body).toMatchObject({ model: "u-1100a15812cc/qwen2.5-7b", temperature: 0.7 });
  expect(body.messages).toEqual([{ role: "user", content: "Say this is a test!" }]);
  expect(body.stream ?? false).toBe(stream);
}

describe.each(["whole", "streaming"] as const)("the samples for an answer %s", (mode) => {
  test("curl runs as pasted into a shell", async () => {
    const { stdout } = await run("sh", ["-c", withKey(sample(mode, "curl").code)]);
    expectCall(mode === "streaming");
    expect(stdout.trim()).toBe(samples[mode].response.code);
  });

  test("Node.js runs as pasted into a module", async () => {
    const file = join(dir, `${mode}.mjs`);
    await writeFile(file, withKey(sample(mode, "node").code));
    const { stdout } = await run(process.execPath, [file]);
    expectCall(mode === "streaming");
    expect(stdout.trim()).toBe("This is a test!");
  });

  test("Python calls the same address with the same values", () => {
    const { code } = sample(mode, "python");
    expect(code).toContain(`base_url="${endpoint}"`);
    expect(code).toContain('model="u-1100a15812cc/qwen2.5-7b"');
    expect(code.includes("stream=True")).toBe(mode === "streaming");
  });

  test("the rows to edit are those with the key", () => {
    for (const { code, editRows } of samples[mode].request) {
      expect(editRows).toHaveLength(1);
      expect(code.split("\n")[editRows[0] ?? -1]).toContain(keyPlaceholder);
    }
  });
});

test("the answer in one piece says why it ended, and keeps tool calls out of the choice", () => {
  const { choices, usage } = JSON.parse(samples.whole.response.code);
  expect(choices[0].finish_reason).toBe("stop");
  expect(choices[0]).not.toHaveProperty("tool_calls");
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
});

describe("a conversation as code", () => {
  const awkward = 'It\'s "quoted", a \\ and $HOME `date`,\n新的一行 🙂 \u2028 end';
  const conversation: SampleConversation = {
    messages: [
      { role: "system", content: "Don't guess." },
      { role: "user", content: awkward },
      { role: "assistant", content: "I won't." },
      { role: "user", content: "See this", images: 2 },
    ],
    parameters: { temperature: 0, top_p: 0.9, max_tokens: 64, seed: -3 },
  };
  const texts = () => conversationTexts({ endpoint, accessName: "u-1100a15812cc/qwen2.5-7b" }, conversation);
  const expectConversation = (stream: boolean) => {
    const { messages, stream: streamed, ...rest } = chatRequest.parse(received?.body);
    expect(streamed ?? false).toBe(stream);
    expect(rest).toMatchObject({ model: "u-1100a15812cc/qwen2.5-7b", temperature: 0, top_p: 0.9, max_tokens: 64, seed: -3 });
    const picture = { type: "image_url", image_url: { url: `data:image/jpeg;base64,${imagePlaceholder}` } };
    expect(messages).toEqual([
      ...conversation.messages.slice(0, 3),
      { role: "user", content: [{ type: "text", text: "See this" }, picture, picture] },
    ]);
  };

  test.each(["whole", "streaming"] as const)("curl and Node.js send every letter of it, %s", async (mode) => {
    const [curl, , node] = texts()[mode];
    await run("sh", ["-c", withKey(curl?.code ?? "")]);
    expectConversation(mode === "streaming");
    const file = join(dir, `conversation-${mode}.mjs`);
    await writeFile(file, withKey(node?.code ?? ""));
    await run(process.execPath, [file]);
    expectConversation(mode === "streaming");
  });

  test("Python holds the same messages, and the rows with key and images are to be edited", () => {
    const python = texts().whole.find((one) => one.id === "python");
    const list = /messages=(\[[\s\S]*?\n {4}\]),\n {4}temperature=0,/.exec(python?.code ?? "")?.[1] ?? "";
    // Python's lists of texts are JavaScript's too; only a last comma is allowed there and not in JSON.
    expect(JSON.parse(list.replace(/,\s*\]$/, "]"))[1]).toEqual({ role: "user", content: awkward });
    expect(python?.editRows.map((row) => python.code.split("\n")[row])).toEqual([
      expect.stringContaining(keyPlaceholder),
      expect.stringContaining(imagePlaceholder),
    ]);
  });
});

test("a new key's command calls the model it is given", async () => {
  await run("sh", ["-c", keyCheckCommand({ endpoint, accessName: "u-1100a15812cc/qwen2.5-7b", apiKey: key })]);
  expectCall(false);
});

test("a new key's command lists the models where none can be called", async () => {
  await run("sh", ["-c", keyCheckCommand({ endpoint, accessName: null, apiKey: key })]);
  expect(received).toEqual({ path: "/v1/models", authorization: `Bearer ${key}`, body: null });
});
