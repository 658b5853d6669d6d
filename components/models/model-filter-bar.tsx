"use client";

import { ChevronDown, X } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Menu, MenuCheckboxItem } from "#components/ui/menu.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { UrlUpdate } from "#components/ui/url-state.ts";
import type { ModelSummary } from "#lib/contracts/models.ts";
import { type Facet, facetCounts, facets, isFiltered, type ModelFilters, searchName } from "./filters.ts";

export interface ModelFilterBarProps {
  models: ModelSummary[];
  filters: ModelFilters;
  shown: number;
  onChange: (change: UrlUpdate) => void;
}

/** Keyword, kind, provider and hosting in one row; how many models are left; clear. */
export function ModelFilterBar({ models, filters, shown, onChange }: ModelFilterBarProps) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const [cleared, setCleared] = useState(0);
  const filtered = isFiltered(filters);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField
        key={cleared}
        initial={cleared > 0 ? "" : filters.search}
        onSearch={(text) => onChange({ [searchName]: text })}
        label={t("searchModels")}
        className="w-full sm:w-64"
      />
      {facets.map((facet) => (
        <FacetMenu key={facet} facet={facet} models={models} filters={filters} onChange={onChange} />
      ))}
      {filtered ? (
        <Button
          variant="ghost"
          onClick={() => {
            onChange({ [searchName]: null, kind: null, provider: null, hosting: null });
            setCleared(cleared + 1);
          }}
        >
          <X aria-hidden />
          {common("clear")}
        </Button>
      ) : null}
      <p role="status" className="ml-auto text-muted text-table tabular-nums">
        {filtered ? t("shownOf", { shown, total: models.length }) : t("countAll", { count: models.length })}
      </p>
    </div>
  );
}

function FacetMenu({ facet, models, filters, onChange }: Omit<ModelFilterBarProps, "shown"> & { facet: Facet }) {
  const t = useTranslations("models");
  const format = useFormatter();
  const chosen = filters.chosen[facet];
  const name = (value: string) => (facet !== "provider" && t.has(`${facet}.${value}`) ? t(`${facet}.${value}`) : value);
  const counts = facetCounts(models, filters, facet);
  const toggle = (value: string, on: boolean) =>
    onChange((current) => {
      const others = current.getAll(facet).filter((other) => other !== value);
      return { [facet]: on ? [...others, value] : others };
    });
  return (
    <Menu
      align="start"
      trigger={
        <Button className={cn(chosen.length > 0 && "border-accent text-accent")}>
          {t(`facet.${facet}`)}
          {chosen.length > 0 ? (
            <span className="max-w-40 truncate border-accent/40 border-l pl-1.5">
              {chosen.length === 1 ? name(chosen[0] ?? "") : chosen.length}
            </span>
          ) : null}
          <ChevronDown className="text-muted" aria-hidden />
        </Button>
      }
    >
      {[...counts].map(([value, count]) => (
        <MenuCheckboxItem key={value} checked={chosen.includes(value)} onCheckedChange={(on) => toggle(value, on)}>
          <span className="flex-1 pr-6">{name(value)}</span>
          <span className={cn("tabular-nums", count === 0 ? "text-faint" : "text-muted")}>{format.number(count)}</span>
        </MenuCheckboxItem>
      ))}
    </Menu>
  );
}
