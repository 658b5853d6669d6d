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
import { keyCheckCommand } from "./key-check.ts";
import { keyPlaceholder, type SampleText, sampleTexts } from "./sample-texts.ts";

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

test("a new key's command calls the model it is given", async () => {
  await run("sh", ["-c", keyCheckCommand({ endpoint, accessName: "u-1100a15812cc/qwen2.5-7b", apiKey: key })]);
  expectCall(false);
});

test("a new key's command lists the models where none can be called", async () => {
  await run("sh", ["-c", keyCheckCommand({ endpoint, accessName: null, apiKey: key })]);
  expect(received).toEqual({ path: "/v1/models", authorization: `Bearer ${key}`, body: null });
});
