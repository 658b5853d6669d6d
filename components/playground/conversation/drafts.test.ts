import { expect, test } from "vitest";
import { noParameters } from "../parameter-values.ts";
import { openDrafts, type Storage } from "./drafts.ts";

/** A browser's storage that holds `room` characters. */
function storage(room = Number.POSITIVE_INFINITY): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem(key, value) {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  };
}
const image = `data:image/png;base64,${"A".repeat(500)}`;
const said = (text: string, images: string[] = []) => ({ text, images });

test("what was typed comes back at its place, and nowhere else", () => {
  const shared = storage();
  const drafts = openDrafts(shared, "usr_1");
  drafts.write("new", said("half a thought", [image]));
  expect(openDrafts(shared, "usr_1").read("new")).toEqual(said("half a thought", [image]));
  expect(drafts.read("cnv_1")).toEqual(said(""));
  expect(openDrafts(shared, "usr_2").read("new")).toEqual(said(""));
  drafts.write("new", said(""));
  expect(drafts.read("new")).toEqual(said(""));
});

test("a question that is being sent comes back to a page that opens later, until it is safe; two of them both do", () => {
  const shared = storage();
  const drafts = openDrafts(shared, "usr_1");
  const later = () => openDrafts(shared, "usr_1").read("new");
  drafts.hold("new", said("one"));
  drafts.hold("new", said("two"));
  expect(drafts.read("new")).toEqual(said(""));
  expect(later()).toEqual(said("one\n\ntwo"));
  drafts.write("new", said("typed since"));
  expect(later()).toEqual(said("typed since"));
  drafts.write("new", said(""));
  drafts.release("new");
  expect(later()).toEqual(said(""));
});

test("where images do not fit the words are kept; where nothing does, nothing breaks", () => {
  const drafts = openDrafts(storage(200), "usr_1");
  drafts.write("new", said("words", [image]));
  expect(drafts.read("new")).toEqual(said("words"));
  drafts.write("new", said("x".repeat(1_000)));
  expect(drafts.read("new")).toEqual(said("words"));
});

test("what somebody else wrote there is not believed", () => {
  const shared = storage();
  for (const wrong of ["{", "7", '{"text":1,"images":[]}', '{"text":"a"}', '{"text":"a","images":["https://evil.example/x"]}']) {
    shared.setItem("hydra-playground:usr_1:new", wrong);
    expect(openDrafts(shared, "usr_1").read("new").images).toEqual([]);
  }
  const settings = { accessName: "public/x", values: { ...noParameters, temperature: "0" } };
  const drafts = openDrafts(shared, "usr_1");
  expect(drafts.readSettings()).toBeNull();
  drafts.writeSettings(settings);
  expect(drafts.readSettings()).toEqual(settings);
});
