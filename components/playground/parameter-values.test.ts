import { expect, test } from "vitest";
import { noParameters, toSettings, wrongParameters } from "./parameter-values.ts";

test("what a model would refuse is named; nothing typed is always right", () => {
  expect(wrongParameters(noParameters, 512)).toEqual([]);
  expect(wrongParameters({ system: "x", temperature: "0", max_tokens: "512", seed: "-7" }, 512)).toEqual([]);
  expect(wrongParameters({ system: "", temperature: "5", max_tokens: "513", seed: "1.5" }, 512)).toEqual([
    "temperature",
    "max_tokens",
    "seed",
  ]);
  expect(wrongParameters({ ...noParameters, temperature: "-0.1" }, null)).toEqual(["temperature"]);
  expect(wrongParameters({ ...noParameters, max_tokens: "0" }, null)).toEqual(["max_tokens"]);
  expect(wrongParameters({ ...noParameters, max_tokens: "100000" }, null)).toEqual([]);
  expect(wrongParameters({ ...noParameters, seed: "abc" }, null)).toEqual(["seed"]);
});

test("settings carry only what was typed", () => {
  expect(toSettings("public/x", noParameters)).toEqual({ model: "public/x", system: "" });
  expect(toSettings("public/x", { system: " be kind ", temperature: "0", max_tokens: "9", seed: "1" })).toEqual({
    model: "public/x",
    system: "be kind",
    temperature: 0,
    max_tokens: 9,
    seed: 1,
  });
});
