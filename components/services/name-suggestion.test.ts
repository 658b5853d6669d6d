import { expect, test } from "vitest";
import { serviceName } from "#lib/contracts/services.ts";
import { suggestName } from "./name-suggestion.ts";

test("begins with the model's slug, then counts", () => {
  expect(suggestName("qwen2.5-7b-instruct", 1)).toBe("qwen2.5-7b-instruct");
  expect(suggestName("qwen2.5-7b-instruct", 2)).toBe("qwen2.5-7b-instruct-2");
});

test("stays a valid name where the slug is as long as a name may be", () => {
  const slug = `${"a".repeat(61)}.bc`;
  const name = suggestName(slug, 12);
  expect(serviceName.safeParse(name).success).toBe(true);
  expect(name).toBe(`${"a".repeat(61)}-12`);
});

test("suggests nothing for what is no name at all", () => {
  expect(suggestName("", 1)).toBe("");
});
