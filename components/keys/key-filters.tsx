"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { NativeSelect } from "#components/ui/field.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { UrlChange } from "#components/ui/url-state.ts";
import { apiKeySorts, apiKeyStatuses } from "#lib/contracts/api-keys.ts";
import type { KeyListParams } from "./requests.ts";

/** Search, status and, where the table has no heads to click on, the order. */
export function KeyFilters({ params, onChange }: { params: KeyListParams; onChange: (change: UrlChange) => void }) {
  const t = useTranslations("keys");
  return (
    <>
      <Search value={params.search} onChange={(search) => onChange({ search })} />
      <NativeSelect
        aria-label={t("filterStatus")}
        value={params.status ?? ""}
        onChange={(event) => onChange({ status: event.target.value })}
        className="w-auto min-w-36 max-sm:flex-1"
      >
        <option value="">{t("allStatuses")}</option>
        {apiKeyStatuses.map((status) => (
          <option key={status} value={status}>
            {t(`status.${status}`)}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label={t("sort")}
        value={params.sort}
        onChange={(event) => onChange({ sort: event.target.value, order: event.target.value === "name" ? "asc" : null })}
        className="w-auto min-w-36 max-sm:flex-1 md:hidden"
      >
        {apiKeySorts.map((sort) => (
          <option key={sort} value={sort}>
            {t(`sortBy.${sort}`)}
          </option>
        ))}
      </NativeSelect>
    </>
  );
}

/** The search box; starts anew when the address was changed by something else: a link, or clearing the filters. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations("keys");
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
      label={t("search")}
      className="w-full sm:w-64"
    />
  );
}
