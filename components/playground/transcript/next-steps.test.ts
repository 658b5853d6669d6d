import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorStatus } from "#lib/errors.ts";
import { nextSteps } from "./next-steps.ts";

const messages = (language: string, name: string) =>
  JSON.parse(readFileSync(new URL(`../../../messages/${language}/${name}.json`, import.meta.url), "utf8")) as Record<string, object>;

test.each(["en", "zh"])("every failure offers a step that has a name, %s", (language) => {
  const { steps = {} } = messages(language, "playground");
  for (const code of [...Object.keys(errorStatus), "network", "network_lost", "of a newer gateway"]) {
    expect(nextSteps(code), code).not.toEqual([]);
    for (const step of nextSteps(code)) expect(steps, code).toHaveProperty(step);
  }
});

test("a stopped service, an ended session and a conversation that is too long have steps of their own", () => {
  expect(nextSteps("service_not_ready")).toContain("open_service");
  expect(nextSteps("sign_in_required")).toEqual(["sign_in"]);
  expect(nextSteps("context_length_exceeded")[0]).toBe("without_context");
  expect(nextSteps("network_lost")).toEqual(["try_again"]);
});
