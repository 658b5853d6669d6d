import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pngUrl } from "./testing/png.ts";
import { launchEngine, modelName, startEngine, type TestEngine } from "./testing/start-engine.ts";
import { imageTokens, writeTinyProjector } from "./testing/tiny-projector.ts";

let engine: TestEngine;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-projector-"));
  await writeTinyProjector(join(dir, "projector.gguf"));
  engine = await startEngine({ projector: join(dir, "projector.gguf"), parallel: "2" });
});
afterAll(async () => {
  await engine.stop();
  await rm(dir, { recursive: true });
});

const red = pngUrl(20, 10, [255, 0, 0]);
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const words = (text: string) => ({ type: "text", text });

async function chat(...content: object[]) {
  const body = { model: modelName, messages: [{ role: "user", content }], temperature: 0, max_tokens: 12 };
  const response = await engine.post("/v1/chat/completions", body);
  return { status: response.status, ...(await response.json()) };
}

test("an image takes its place in the prompt, and is counted", async () => {
  const text = await chat(words("Tell me a story"));
  const one = await chat(image(red), words("Tell me a story"));
  expect(one.status).toBe(200);
  expect(one.choices[0].message.content.length).toBeGreaterThan(0);
  // Parts stand on lines of their own.
  expect(one.usage.prompt_tokens).toBe(text.usage.prompt_tokens + imageTokens + 1);
  const two = await chat(image(red), words("Tell me a story"), image(pngUrl(300, 200, [0, 0, 255])));
  expect(two.usage.prompt_tokens).toBe(text.usage.prompt_tokens + 2 * (imageTokens + 1));
});

test("what is seen changes what is said", async () => {
  const said = async (colour: [number, number, number]) =>
    (await chat(image(pngUrl(16, 16, colour)), image(pngUrl(16, 16, colour)), image(pngUrl(16, 16, colour)), words("Tell me a story")))
      .choices[0].message.content;
  const texts = new Set([
    await said([255, 0, 0]),
    await said([0, 255, 0]),
    await said([0, 0, 255]),
    await said([255, 255, 255]),
    await said([0, 0, 0]),
  ]);
  expect(texts.size).toBeGreaterThan(1);
});

test("side by side with texts, each gets its own answer", async () => {
  const alone = [await chat(image(red), words("Tell me a story")), await chat(words("Say this is a test!"))];
  const calls = [0, 1, 0, 1, 0, 1].map((which) =>
    which === 0 ? chat(image(red), words("Tell me a story")) : chat(words("Say this is a test!")),
  );
  for (const [index, answer] of (await Promise.all(calls)).entries()) {
    expect(answer.choices[0].message.content).toBe(alone[index % 2]?.choices[0].message.content);
  }
});

test("a marker that somebody has written is no image", async () => {
  expect((await chat(image(red), words("<__media__> Hi <__media__>"))).status).toBe(200);
  expect((await chat(words("<__media__>"))).status).toBe(200);
});

function bomb(): string {
  const bytes = Buffer.from(red.slice(red.indexOf(",") + 1), "base64");
  bytes.writeUInt32BE(100_000, 16);
  bytes.writeUInt32BE(100_000, 20);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

test.each([
  ["an address", "https://example.com/a.png", "not opened"],
  ["a file of this machine", "/etc/hostname", "not opened"],
  ["a file address", "file:///etc/hostname", "not opened"],
  ["another kind of data", "data:text/plain;base64,SGk=", "not opened"],
  ["what only claims to be an image", "data:image/png;base64,SGVsbG8gd29ybGQ=", "no PNG or JPEG"],
  ["an image that is cut short", red.slice(0, 80), "could not be read"],
  ["an image that would fill the memory", bomb(), "million pixels"],
])("%s is refused, and the engine lives", async (_name, url, said) => {
  const { status, error } = await chat(image(url), words("Hi"));
  expect(status).toBe(400);
  expect(error.code).toBe("unsupported_image_url");
  expect(error.message).toContain(said);
  expect((await engine.health()).status).toBe("ok");
});

test("the log says nothing of what was asked beside an image", async () => {
  await chat(image(red), words("xylophone-9"));
  expect(engine.log()).not.toContain("xylophone");
  for (const line of engine.log().trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
});

test.each([
  ["missing", null, "projector file not found"],
  ["none", "This is no projector.", "not a readable GGUF file"],
])("a projector that is %s is said to be, and ends the start", async (name, content, said) => {
  const path = join(dir, `${name}.gguf`);
  if (content !== null) await writeFile(path, content);
  const launch = await launchEngine({ projector: path });
  const [code] = await once(launch.child, "exit");
  expect(code).toBe(1);
  expect(launch.log()).toContain(said);
  await launch.cleanUp();
});
