import { describe, expect, test } from "vitest";
import type { ModelSummary } from "#lib/contracts/models.ts";
import { applyFilters, facetCounts, isFiltered, readFilters } from "./filters.ts";

function model(slug: string, rest: Partial<ModelSummary>): ModelSummary {
  return {
    id: slug,
    slug,
    name: slug,
    provider: "Meta",
    kind: "text_generation",
    contextLength: 4096,
    maxOutputTokens: 512,
    servedContextLength: null,
    memory: null,
    licence: "MIT",
    parameters: null,
    description: { en: "", zh: "" },
    hot: false,
    demo: false,
    own: false,
    hosting: { token: true, dedicated: false },
    accessName: `public/${slug}`,
    tokenPrice: null,
    dedicatedFromNano: null,
    tryUnavailable: null,
    deployUnavailable: null,
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...rest,
  };
}

const models = [
  model("llama", {
    kind: "image_understanding",
    hosting: { token: true, dedicated: true },
    description: { en: "Reads pictures", zh: "看图" },
  }),
  model("qwen-7b", { provider: "Alibaba Cloud", hosting: { token: true, dedicated: true } }),
  model("qwen-coder", { provider: "Alibaba Cloud", hosting: { token: false, dedicated: true } }),
];
const found = (query: string) => applyFilters(models, readFilters(new URLSearchParams(query))).map((one) => one.slug);

describe("filters of the catalog", () => {
  test("none shows all, in order", () => {
    expect(found("")).toEqual(["llama", "qwen-7b", "qwen-coder"]);
    expect(isFiltered(readFilters(new URLSearchParams("q=%20")))).toBe(false);
  });

  test("every word of the search must be found, in any language and field", () => {
    expect(found("q=QWEN+coder")).toEqual(["qwen-coder"]);
    expect(found("q=看图")).toEqual(["llama"]);
    expect(found("q=qwen+pictures")).toEqual([]);
  });

  test("values of one facet add up, facets narrow each other", () => {
    expect(found("provider=Meta&provider=Alibaba+Cloud")).toHaveLength(3);
    expect(found("provider=Alibaba+Cloud&hosting=token")).toEqual(["qwen-7b"]);
    expect(found("hosting=token&kind=image_understanding")).toEqual(["llama"]);
  });

  test("a facet counts what each of its values would show under the other filters", () => {
    const filters = readFilters(new URLSearchParams("provider=Meta&hosting=token"));
    expect([...facetCounts(models, filters, "provider")]).toEqual([
      ["Meta", 1],
      ["Alibaba Cloud", 1],
    ]);
    expect([...facetCounts(models, filters, "kind")]).toEqual([
      ["image_understanding", 1],
      ["text_generation", 0],
    ]);
  });
});
