import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, readEvents, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({}, { imageHosts: ["img.example.com"] });
  await makeSurfaceService(harness, {
    name: "remote",
    region: "sh-02",
    kind: "image_understanding",
    contextLength: 100_000,
    maxOutputTokens: 512,
  });
});
afterAll(() => harness.close());

const body = (script: Parameters<typeof wallPrompt>[0], more: object) => ({
  model: "public/remote",
  messages: [{ role: "user", content: wallPrompt(script) }],
  ...more,
});
const chat = (script: Parameters<typeof wallPrompt>[0], more: object) => harness.post("/v1/chat/completions", body(script, more));

test("every member of the list reaches the engine as it was sent", async () => {
  const members = {
    ...{ temperature: 0.5, top_p: 0.9, stop: ["a"], seed: 7, presence_penalty: 1, frequency_penalty: -1, logit_bias: { "5": -100 } },
    ...{ logprobs: true, top_logprobs: 3, parallel_tool_calls: false, tool_choice: { type: "function", function: { name: "f" } } },
    tools: [{ type: "function", function: { name: "f", parameters: { type: "object" }, strict: true } }],
    response_format: { type: "json_schema", json_schema: { name: "s", schema: { type: "object" }, strict: true } },
    ...{ reasoning_effort: "low", include_reasoning: true, chat_template_kwargs: { enable_thinking: false } },
    ...{ top_k: 20, min_p: 0.1, repetition_penalty: 1.1, length_penalty: 1, min_tokens: 2, ignore_eos: true, bad_words: ["x"] },
    ...{ allowed_token_ids: [1], stop_token_ids: [2], include_stop_str_in_output: true, skip_special_tokens: false },
    ...{ spaces_between_special_tokens: false, truncate_prompt_tokens: 9, return_tokens_as_token_ids: true },
    ...{ guided_json: { type: "object" }, guided_regex: "a+", guided_choice: ["a", "b"], guided_grammar: "root ::= x" },
    ...{ guided_whitespace_pattern: " ", structured_outputs: { json: { type: "object" } }, documents: [{ text: "d" }] },
    ...{ add_generation_prompt: true, continue_final_message: false, add_special_tokens: false, echo: false },
  };
  const response = await chat({}, { ...members, max_tokens: 9, n: 1, user: "u", store: false, modalities: ["text"] });
  expect(response.status).toBe(200);
  await response.text();
  const { messages: _, ...sent } = harness.wall.call(response.headers.get("x-request-id") ?? "").body;
  expect(sent).toEqual({ ...members, max_tokens: 9, model: "public/remote", stream: true, stream_options: { include_usage: true } });
});

test.each(["chat_template", "priority", "logits_processors", "mm_processor_kwargs", "use_beam_search", "functions", "model_path"])(
  "%s is refused by name: it is in no list",
  async (param) => {
    const error = await refusalOf(await chat({}, { [param]: "x" }));
    expect(error).toMatchObject({ status: 400, code: "unknown_parameter", param, message: `Unknown parameter: '${param}'.` });
  },
);

test.each([
  [{ response_format: { type: "json_schema" } }, "response_format.json_schema"],
  [{ response_format: { type: "yaml" } }, "response_format.type"],
  [{ structured_outputs: { yaml: 1 } }, "structured_outputs.yaml"],
  [{ top_logprobs: 21 }, "top_logprobs"],
  [{ n: 17 }, "n"],
  [{ n: 0 }, "n"],
  [{ guided_choice: [] }, "guided_choice"],
  [{ repetition_penalty: 0 }, "repetition_penalty"],
  [{ min_p: "a" }, "min_p"],
  [{ modalities: ["audio"] }, "modalities[0]"],
])("%j is refused by name", async (more, param) => {
  expect(await refusalOf(await chat({}, more))).toMatchObject({ status: 400, param });
});

describe("several choices", () => {
  test("a whole answer has each of them, and each is charged", async () => {
    const response = await chat({ tokens: 4 }, { n: 3 });
    const { choices } = await response.json();
    expect(
      choices.map((one: { index: number; message: { content: string }; finish_reason: string }) => [
        one.index,
        one.message.content,
        one.finish_reason,
      ]),
    ).toEqual([0, 1, 2].map((index) => [index, "t1 t2 t3 t4 ", "stop"]));
    const id = response.headers.get("x-request-id");
    expect(harness.wall.call(id ?? "").body.n).toBe(3);
    expect((await harness.usage(id)).outputTokens).toBe(12);
  });

  test("a stream carries them mixed, by index, and ends after the last", async () => {
    const { data } = readEvents(await (await chat({ tokens: 2 }, { n: 2, stream: true })).text());
    expect(data.pop()).toBe("[DONE]");
    const chunks = data.map((text) => JSON.parse(text).choices[0]);
    for (const index of [0, 1]) {
      const own = chunks.filter((choice) => choice.index === index);
      expect(own.map((choice) => choice.delta.content ?? "").join("")).toBe("t1 t2 ");
      expect(own.at(-1).finish_reason).toBe("stop");
    }
  });

  test("legacy completions have them too", async () => {
    const response = await harness.post("/v1/completions", { model: "public/remote", prompt: wallPrompt({ tokens: 2 }), n: 2 });
    const { choices } = await response.json();
    expect(choices.map((one: { index: number; text: string }) => [one.index, one.text])).toEqual([
      [0, "t1 t2 "],
      [1, "t1 t2 "],
    ]);
  });

  test("one that ends before all have their finish is no answer", async () => {
    const error = await refusalOf(await chat({ tokens: 4, fault: "end", after: 6 }, { n: 2 }));
    expect(error.code).toBe("upstream_stream_interrupted");
  });

  test("the embedded engine makes one", async () => {
    const error = await refusalOf(await chat({}, { n: 2, model: harness.model }));
    expect(error).toMatchObject({ status: 400, code: "invalid_value", param: "n" });
  });
});

describe("the answer's length", () => {
  const sent = async (more: object, model = "public/remote") => {
    const response = await chat({}, { ...more, model });
    await response.text();
    return harness.wall.call(response.headers.get("x-request-id") ?? "").body.max_tokens;
  };

  test("without a limit an engine is told the model's, so that what is held covers it", async () => {
    expect(await sent({})).toBe(512);
    expect(await sent({ max_tokens: 7 })).toBe(7);
    expect(await sent({ max_completion_tokens: 9, max_tokens: 7 })).toBe(9);
    expect(await sent({ max_tokens: 100_000 })).toBe(512);
  });

  test("unless the context could not hold it beside the prompt", async () => {
    await makeSurfaceService(harness, { name: "short", region: "sh-02", contextLength: 520, maxOutputTokens: 512 });
    expect(await sent({}, "public/short")).toBeUndefined();
  });

  test("and the context is what each ready instance takes, where their memory holds less than the model's", async () => {
    await makeSurfaceService(harness, { name: "small", region: "sh-02", contextLength: 100_000, maxOutputTokens: 512 });
    expect(await sent({}, "public/small")).toBe(512);
    await harness.database.db.instance.updateMany({ where: { service: { name: "small" } }, data: { contextLength: 520 } });
    await harness.caughtUp();
    expect(await sent({}, "public/small")).toBeUndefined();
  });
});

test("an image is sent as data, or as an address on a host that is listed", async () => {
  const image = (url: string) => ({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url, detail: "low" } }] }] });
  for (const url of ["data:image/png;base64,AA==", "https://img.example.com/a@2x.png"]) {
    const response = await chat({}, image(url));
    expect(response.status).toBe(200);
    await response.text();
    expect(harness.wall.call(response.headers.get("x-request-id") ?? "").body.messages).toEqual(image(url).messages);
  }
  const error = await refusalOf(await chat({}, image("http://169.254.169.254/")));
  expect(error).toMatchObject({ status: 400, code: "unsupported_image_url", param: "messages[0].content[0].image_url" });
});
