"use client";

import { useTranslations } from "next-intl";
import { EmptyState, UpdateFailed } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ModelSummary } from "#lib/contracts/models.ts";
import { AddModel } from "./add-model.tsx";
import { applyFilters, readFilters } from "./filters.ts";
import { ModelCard } from "./model-card.tsx";
import { ModelFilterBar } from "./model-filter-bar.tsx";
import { useModels } from "./requests.ts";

/** The catalog: every model as a card, filtered in the browser, because it is one short list. */
export function ModelCatalog({ initial, currency }: { initial: { items: ModelSummary[] }; currency: string }) {
  const t = useTranslations("models");
  const models = useModels(initial);
  const [params, setParams] = useUrlState();
  const filters = readFilters(params);
  const { items } = models.data;
  const shown = applyFilters(items, filters);
  return (
    <Page title={t("title")} purpose={{ page: "models", text: t("description") }} action={<AddModel />}>
      <ModelFilterBar models={items} filters={filters} shown={shown.length} onChange={setParams} />
      {models.isError ? <UpdateFailed error={models.error} onRetry={models.refetch} /> : null}
      {shown.length === 0 ? (
        <EmptyState title={items.length === 0 ? t("emptyCatalog") : t("noMatch")} />
      ) : (
        <ul className="grid grid-cols-1 gap-4 md:grid-cols-2 xl:grid-cols-3">
          {shown.map((model) => (
            <li key={model.id} className="flex min-w-0 *:flex-1">
              <ModelCard model={model} currency={currency} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
