import type { ModelSummary } from "#lib/contracts/models.ts";

/** A property that models can be chosen by; its name stands in the address. */
export const facets = ["kind", "provider", "hosting"] as const;
export type Facet = (typeof facets)[number];

export interface ModelFilters {
  search: string;
  /** Of one facet any value will do; of several facets all must fit. Empty: no choice made. */
  chosen: Record<Facet, string[]>;
}

export const searchName = "q";

export function readFilters(params: URLSearchParams): ModelFilters {
  return {
    search: params.get(searchName) ?? "",
    chosen: { kind: params.getAll("kind"), provider: params.getAll("provider"), hosting: params.getAll("hosting") },
  };
}

export function isFiltered({ search, chosen }: ModelFilters): boolean {
  return search.trim() !== "" || facets.some((facet) => chosen[facet].length > 0);
}

/** The models that fit, in their own order. */
export function applyFilters(models: ModelSummary[], filters: ModelFilters): ModelSummary[] {
  return models.filter((model) => fitsSearch(model, filters.search) && facets.every((facet) => fitsFacet(model, facet, filters)));
}

/**
 * How many models each value of `facet` would show with the other filters as they are; values without a model are
 * there too, with 0, so that the menu does not jump.
 */
export function facetCounts(models: ModelSummary[], filters: ModelFilters, facet: Facet): Map<string, number> {
  const counts = new Map(models.flatMap((model) => valuesOf(model, facet)).map((value) => [value, 0]));
  const open = { ...filters, chosen: { ...filters.chosen, [facet]: [] } };
  for (const model of applyFilters(models, open)) {
    for (const value of valuesOf(model, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function fitsFacet(model: ModelSummary, facet: Facet, { chosen }: ModelFilters): boolean {
  const wanted = chosen[facet];
  return wanted.length === 0 || valuesOf(model, facet).some((value) => wanted.includes(value));
}

function valuesOf(model: ModelSummary, facet: Facet): string[] {
  if (facet === "kind") return [model.kind];
  if (facet === "provider") return [model.provider];
  return (["token", "dedicated"] as const).filter((way) => model.hosting[way]);
}

/** Every word must stand somewhere in the names or a description, in either language. */
function fitsSearch(model: ModelSummary, search: string): boolean {
  const text = [model.name, model.accessName, model.provider, model.description.en, model.description.zh].join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
