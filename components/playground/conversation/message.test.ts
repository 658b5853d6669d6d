import { expect, test } from "vitest";
import { trialMessage } from "#lib/contracts/trial.ts";
import { codeInputOf } from "../code/code-input.ts";
import { entriesOf, type Message, newMessage, nextPosition, titleOf, toKept, toTrialMessages } from "./message.ts";

const image = "data:image/png;base64,AAAA";

/** `u:` a question, `a:` an answer, `-` a cleared context. */
function messages(...told: string[]): Message[] {
  return told.map((text, position) => {
    if (text === "-") return newMessage("clear", position);
    return newMessage(text.startsWith("u:") ? "user" : "assistant", position, { text: text.slice(2) });
  });
}
const sent = (system: string, ...told: string[]) =>
  toTrialMessages(system, messages(...told)).map(({ role, content }) => `${role}: ${content}`);

test("a call sends the system prompt, what was answered, and the last question", () => {
  expect(sent("Be kind.", "u:one", "a:1", "u:two")).toEqual(["system: Be kind.", "user: one", "assistant: 1", "user: two"]);
  expect(sent("", "u:no answer", "a:", "u:deleted answer", "u:two")).toEqual(["user: two"]);
  expect(sent("", "a:whose question is gone", "u:two")).toEqual(["user: two"]);
  expect(sent("", "u:one", "a:1", "-", "u:two", "a:2", "u:three")).toEqual(["user: two", "assistant: 2", "user: three"]);
});

test("images go as parts, after the text", () => {
  const [both, alone] = [newMessage("user", 0, { text: "See", images: [image] }), newMessage("user", 0, { images: [image] })];
  const part = { type: "image_url", image_url: { url: image } };
  expect(toTrialMessages("", [both]).map((one) => trialMessage.parse(one).content)).toEqual([[{ type: "text", text: "See" }, part]]);
  expect(toTrialMessages("", [alone]).map((one) => trialMessage.parse(one).content)).toEqual([[part]]);
});

test("answers belong to their questions; what was deleted leaves a gap", () => {
  const kinds = (...told: string[]) =>
    entriesOf(messages(...told)).map((entry) =>
      entry.kind === "turn" ? `${entry.question.text}>${entry.answer?.text ?? "?"}` : entry.kind,
    );
  expect(kinds("u:one", "a:1", "u:two", "-", "u:three", "a:3")).toEqual(["one>1", "two>?", "clear", "three>3"]);
  expect(kinds("a:1", "u:two", "a:2", "a:3")).toEqual(["answer", "two>2", "answer"]);
});

test("positions grow also where messages were deleted; an answer that is being written is kept as stopped", () => {
  expect(nextPosition([])).toBe(0);
  expect(nextPosition(messages("u:one", "a:1").slice(1))).toBe(2);
  expect(toKept(newMessage("assistant", 1, { state: "streaming" })).state).toBe("stopped");
});

test("a title is the question's first line, cut at a word", () => {
  expect(titleOf("  What is MaaS?\nTell me.", "Image")).toBe("What is MaaS?");
  expect(titleOf("", "Image")).toBe("Image");
  expect(titleOf("word ".repeat(40), "Image")).toBe(`${"word ".repeat(16).trim()}…`);
  expect(titleOf("字".repeat(100), "Image")).toBe(`${"字".repeat(80)}…`);
});

test("code asks what is being written, else the last question, else something", () => {
  const settings = { accessName: "public/x", system: "Be kind.", parameters: { temperature: 0 } };
  const code = (draft: string, ...told: string[]) => codeInputOf(messages(...told), draft, "Hello", settings);
  const roles = (input: ReturnType<typeof code>) => input.messages.map(({ role, content }) => `${role}: ${content}`);
  expect(code("", "u:one", "a:1")).toEqual({
    model: "public/x",
    temperature: 0,
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: "one" },
    ],
  });
  expect(roles(code("two", "u:one", "a:1"))).toEqual(["system: Be kind.", "user: one", "assistant: 1", "user: two"]);
  expect(roles(code(""))).toEqual(["system: Be kind.", "user: Hello"]);
  const pictured = codeInputOf([newMessage("user", 0, { text: "See", images: [image, image] })], "", "Hello", settings);
  expect(pictured.messages.at(-1)).toEqual({ role: "user", content: "See", images: 2 });
});
