import { expect, test } from "vitest";
import { noParameters, toParameters, toValues, wrongParameters } from "./parameter-values.ts";

test("what a model would refuse is named; nothing typed is always right", () => {
  expect(wrongParameters(noParameters, 512)).toEqual([]);
  expect(wrongParameters({ system: "x", temperature: "0", top_p: "1", max_tokens: "512", seed: "-7" }, 512)).toEqual([]);
  expect(wrongParameters({ system: "", temperature: "5", top_p: "0", max_tokens: "513", seed: "1.5" }, 512)).toEqual([
    "temperature",
    "top_p",
    "max_tokens",
    "seed",
  ]);
  expect(wrongParameters({ ...noParameters, temperature: "-0.1" }, null)).toEqual(["temperature"]);
  expect(wrongParameters({ ...noParameters, top_p: "1.01" }, null)).toEqual(["top_p"]);
  expect(wrongParameters({ ...noParameters, max_tokens: "0" }, null)).toEqual(["max_tokens"]);
  expect(wrongParameters({ ...noParameters, max_tokens: "100000" }, null)).toEqual([]);
  expect(wrongParameters({ ...noParameters, seed: "abc" }, null)).toEqual(["seed"]);
});

test("a call carries only what was typed, and what is kept comes back as it was typed", () => {
  expect(toParameters(noParameters)).toEqual({});
  const typed = { ...noParameters, temperature: "0", top_p: "0.9", max_tokens: " 9 ", seed: "1" };
  const parameters = { temperature: 0, top_p: 0.9, max_tokens: 9, seed: 1 };
  expect(toParameters(typed)).toEqual(parameters);
  expect(toValues(parameters)).toEqual({ ...typed, max_tokens: "9" });
  expect(toValues({})).toEqual(noParameters);
});
