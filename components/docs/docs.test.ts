import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serviceStates as stateCodes } from "#lib/contracts/services.ts";
import { errorStatus } from "#lib/errors.ts";
import type { DocsFacts } from "./chapter.ts";
import { chaptersIn } from "./chapters.ts";
import { errorMeaning as enMeaning } from "./content/en/error-meaning.ts";
import { serviceStates as enStates } from "./content/en/service-states.ts";
import { errorMeaning as zhMeaning } from "./content/zh/error-meaning.ts";
import { serviceStates as zhStates } from "./content/zh/service-states.ts";
import { errorGroups, errorsOf } from "./error-groups.ts";
import { findDocs } from "./find-docs.ts";
import { textOf } from "./text-of.ts";

const facts: DocsFacts = {
  chatEndpoint: "https://chat.example.com/v1",
  regionEndpoint: "https://sh-02.example.com/v1",
  ...{ region: "sh-02", accessName: "public/deepseek-r1", ownName: "u-1/my-model", workspace: "u-1" },
  ...{ supportUrl: null, callExample: null, oldSample: null },
};

test("both languages have the same chapters and anchors, each once", () => {
  const outline = (locale: "en" | "zh") =>
    chaptersIn(locale).map((chapter) => [chapter.slug, chapter.sections(facts).map(({ id }) => id)] as const);
  expect(outline("zh")).toEqual(outline("en"));
  for (const [, ids] of outline("en")) expect(new Set(ids).size).toBe(ids.length);
});

test("every code of lib/errors.ts is documented or the console's own, and the gateway's own use is covered", () => {
  const documented = errorGroups.flatMap((group) => errorsOf(group));
  for (const { code, status } of documented) expect(status).toBe(errorStatus[code]);
  const codes = documented.map(({ code }) => code).sort();
  expect(Object.keys(enMeaning).sort()).toEqual(codes);
  expect(Object.keys(zhMeaning).sort()).toEqual(codes);
  // What the console alone answers has its own sentence on its own screens.
  const rest = Object.keys(errorStatus).filter((code) => !codes.includes(code as (typeof codes)[number]));
  const said = JSON.stringify([readMessages("en", "errors"), readMessages("en", "auth"), readMessages("en", "settings")]);
  const unsaid = rest.filter((code) => !said.includes(`"${code}"`) && code !== "idempotency_key_reused");
  expect(unsaid).toEqual([]);
});

test("states are called what the services pages call them", () => {
  for (const [language, states] of [
    ["en", enStates],
    ["zh", zhStates],
  ] as const) {
    const names = (readMessages(language, "services") as { states: Record<string, string> }).states;
    for (const code of stateCodes) if (code !== "deleted") expect(states[code].name, code).toBe(names[code]);
  }
});

test("no English sentence is left in Chinese", () => {
  for (const chapter of chaptersIn("zh")) {
    for (const section of chapter.sections(facts)) expect(section.title).toMatch(/[\u4e00-\u9fff]/);
    expect(`${chapter.title}${chapter.summary}`).toMatch(/[\u4e00-\u9fff]/);
  }
  for (const text of Object.values(zhMeaning)) expect(text).toMatch(/[\u4e00-\u9fff].*[。]$/);
});

test("links inside the documentation lead to anchors that exist", () => {
  for (const locale of ["en", "zh"] as const) {
    const chapters = chaptersIn(locale);
    const anchors = new Set(chapters.flatMap(({ slug, sections }) => sections(facts).map(({ id }) => `/docs/${slug}#${id}`)));
    const slugs = new Set(chapters.map(({ slug }) => `/docs/${slug}`));
    const links = chapters.flatMap(({ sections }) => sections(facts).flatMap(({ body }) => textOf(body).match(/\/docs[\w/#-]*/g) ?? []));
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(link.includes("#") ? anchors : slugs).toContain(link);
  }
});

test("search finds a heading before a text, in the reader's language", () => {
  expect(findDocs("en", "  ")).toEqual([]);
  expect(findDocs("en", "rotate")[0]).toEqual({ href: "/docs/keys#rotate", title: "Rotate a key", chapter: "API keys" });
  expect(findDocs("zh", "轮换")[0]?.href).toBe("/docs/keys#rotate");
  expect(findDocs("en", "rate_limit_exceeded").map(({ href }) => href)).toContain("/docs/errors#codes");
  expect(findDocs("en", "choose way")[0]?.href).toBe("/docs/questions#which-way");
  expect(findDocs("en", "zzzz")).toEqual([]);
});

function readMessages(language: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../messages/${language}/${name}.json`, import.meta.url), "utf8"));
}
