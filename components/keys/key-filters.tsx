"use client";

import { useTranslations } from "next-intl";
import { NativeSelect } from "#components/ui/field.tsx";
import { firstOrder, orderChange } from "#components/ui/sorting.ts";
import { UrlSearchField } from "#components/ui/url-search-field.tsx";
import type { UrlChange } from "#components/ui/url-state.ts";
import { apiKeySorts, apiKeyStatuses } from "#lib/contracts/api-keys.ts";
import { usualOrder } from "./key-params.ts";
import type { KeyListParams } from "./requests.ts";

/** Search, status and, where the table has no heads to click on, the order. */
export function KeyFilters({ params, onChange }: { params: KeyListParams; onChange: (change: UrlChange) => void }) {
  const t = useTranslations("keys");
  return (
    <>
      <UrlSearchField value={params.search} onSearch={(search) => onChange({ search })} label={t("search")} className="w-full sm:w-64" />
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
        onChange={(event) => onChange(orderChange({ sort: event.target.value, order: firstOrder(event.target.value) }, usualOrder))}
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
