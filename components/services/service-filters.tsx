"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
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
      <Search value={query.search} onChange={(search) => onChange({ search })} />
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

/** The search box; starts anew when the address was changed by something else: a link, or clearing the filters. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations("services");
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [round, setRound] = useState(0);
  if (value !== seen) {
    setSeen(value);
    if (value !== typed) {
      setTyped(value);
      setRound(round + 1);
    }
  }
  return (
    <SearchField
      key={round}
      initial={value}
      onSearch={(text) => {
        setTyped(text.trim());
        onChange(text.trim());
      }}
      label={t("searchServices")}
      className="w-full sm:w-64"
    />
  );
}
