"use client";

import { useTranslations } from "next-intl";
import { NativeSelect } from "#components/ui/field.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { serviceStates } from "#lib/contracts/services.ts";
import type { ServiceListQuery } from "./list-query.ts";

/** A deleted service is in no list. */
const states = serviceStates.filter((state) => state !== "deleted");

interface ServiceFiltersProps {
  query: ServiceListQuery;
  onChange: (change: { search?: string; state?: string }) => void;
}

export function ServiceFilters({ query, onChange }: ServiceFiltersProps) {
  const t = useTranslations("services");
  return (
    <>
      <SearchField
        initial={query.search}
        onSearch={(text) => onChange({ search: text.trim() })}
        label={t("searchServices")}
        className="w-full sm:w-64"
      />
      <NativeSelect
        aria-label={t("filterState")}
        value={query.state ?? ""}
        onChange={(event) => onChange({ state: event.target.value })}
        className="w-auto min-w-36"
      >
        <option value="">{t("allStates")}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {t(`states.${state}`)}
          </option>
        ))}
      </NativeSelect>
    </>
  );
}
