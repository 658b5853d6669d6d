"use client";

import { useTranslations } from "next-intl";
import { NativeSelect } from "#components/ui/field.tsx";
import { firstOrder, orderChange } from "#components/ui/sorting.ts";
import { UrlSearchField } from "#components/ui/url-search-field.tsx";
import type { UrlChange } from "#components/ui/url-state.ts";
import { serviceSorts, serviceStates } from "#lib/contracts/services.ts";
import { type ServiceListQuery, usualOrder } from "./list-query.ts";

/** A deleted service is in no list. */
const states = serviceStates.filter((state) => state !== "deleted");

interface ServiceFiltersProps {
  query: ServiceListQuery;
  onChange: (change: UrlChange) => void;
}

/** Search, state and, where the table has no heads to click on, the order. */
export function ServiceFilters({ query, onChange }: ServiceFiltersProps) {
  const t = useTranslations("services");
  return (
    <>
      <UrlSearchField
        value={query.search}
        onSearch={(search) => onChange({ search })}
        label={t("searchServices")}
        className="w-full sm:w-64"
      />
      <NativeSelect
        aria-label={t("filterState")}
        value={query.state ?? ""}
        onChange={(event) => onChange({ state: event.target.value })}
        className="w-auto min-w-36 max-sm:flex-1"
      >
        <option value="">{t("allStates")}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {t(`states.${state}`)}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label={t("sort")}
        value={query.sort}
        onChange={(event) => onChange(orderChange({ sort: event.target.value, order: firstOrder(event.target.value) }, usualOrder))}
        className="w-auto min-w-36 max-sm:flex-1 md:hidden"
      >
        {serviceSorts.map((sort) => (
          <option key={sort} value={sort}>
            {t(`sortBy.${sort}`)}
          </option>
        ))}
      </NativeSelect>
    </>
  );
}
