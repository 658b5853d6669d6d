"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState, ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { useOnDemand } from "#components/ui/on-demand.ts";
import { Page } from "#components/ui/page.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { RefreshButton } from "#components/ui/refresh-button.tsx";
import { type UrlChange, useUrlState } from "#components/ui/url-state.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { readListQuery, type ServiceListQuery } from "./list-query.ts";
import { type ServiceListPage, useServices } from "./requests.ts";
import type { ServiceDialogKind } from "./service-actions.tsx";
import { ServiceFilters } from "./service-filters.tsx";
import { ServiceTable } from "./service-table.tsx";

const load = () => import("./service-dialog.tsx").then((module) => module.ServiceDialog);

interface ServicesPageProps {
  /** What the server has read for `firstQuery`. */
  first: ServiceListPage;
  firstQuery: ServiceListQuery;
  currency: string;
}

export function ServicesPage({ first, firstQuery, currency }: ServicesPageProps) {
  const t = useTranslations("services");
  const [params, setParams] = useUrlState();
  const query = readListQuery(params);
  const services = useServices(query, first, firstQuery);
  const [dialog, setDialog] = useState<{ kind: ServiceDialogKind; service: ServiceSummary } | null>(null);
  const { Component: ServiceDialog, want } = useOnDemand(load);
  const choose = async (kind: ServiceDialogKind, service: ServiceSummary) => {
    setDialog({ kind, service });
    if (!(await want())) setDialog(null);
  };
  const pages = services.data ? Math.max(1, Math.ceil(services.data.total / query.pageSize)) : query.page;
  const filtered = query.search !== "" || query.state !== undefined;
  const nothingYet = services.data?.total === 0 && !filtered;
  // The last row of the last page may go while one looks.
  useEffect(() => {
    if (query.page > pages) setParams({ page: pages > 1 ? String(pages) : null });
  }, [query.page, pages, setParams]);
  return (
    <Page wide title={t("title")} purpose={{ page: "services", text: t("description") }} action={<DeployLink />}>
      {nothingYet ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <ServiceFilters query={query} onChange={(change) => setParams({ ...change, page: null })} />
          <span className="flex-1 max-sm:hidden" />
          <RefreshButton busy={services.isFetching} onRefresh={services.refetch} />
        </div>
      )}
      <Results
        services={services}
        query={query}
        currency={currency}
        filtered={filtered}
        onClear={() => setParams({ search: null, state: null, page: null })}
        onSort={(change) => setParams({ ...change, page: null })}
        onChoose={choose}
      />
      {services.data && services.data.total > 0 ? (
        <Pager
          page={query.page}
          pageSize={query.pageSize}
          total={services.data.total}
          onPage={(page) => setParams({ page: page > 1 ? String(page) : null })}
        />
      ) : null}
      {dialog && ServiceDialog ? <ServiceDialog {...dialog} currency={currency} onClose={() => setDialog(null)} /> : null}
    </Page>
  );
}

function DeployLink() {
  const t = useTranslations("services");
  return (
    <Button asChild variant="primary">
      <Link href="/services/new">
        <Plus strokeWidth={1.75} aria-hidden />
        {t("deployModel")}
      </Link>
    </Button>
  );
}

interface ResultsProps {
  services: ReturnType<typeof useServices>;
  query: ServiceListQuery;
  currency: string;
  filtered: boolean;
  onClear: () => void;
  onSort: (change: UrlChange) => void;
  onChoose: (kind: ServiceDialogKind, service: ServiceSummary) => void;
}

function Results({ services, query, currency, filtered, onClear, onSort, onChoose }: ResultsProps) {
  const t = useTranslations("services");
  const { data, error } = services;
  if (!data) {
    if (!error) return <Loading className="h-64" />;
    return <ErrorState error={error} onRetry={() => services.refetch()} />;
  }
  return (
    <>
      {error ? <UpdateFailed error={error} onRetry={() => services.refetch()} /> : null}
      {data.items.length > 0 ? <ServiceTable services={data.items} {...{ query, currency, onSort, onChoose }} /> : null}
      {data.total === 0 && filtered ? (
        <EmptyState title={t("noMatch")} action={<Button onClick={onClear}>{t("clearFilters")}</Button>} />
      ) : null}
      {data.total === 0 && !filtered ? <EmptyState title={t("empty")} action={<FirstSteps />} /> : null}
    </>
  );
}

function FirstSteps() {
  const t = useTranslations("services");
  return (
    <div className="flex flex-wrap items-center justify-center gap-4">
      <DeployLink />
      <Link href="/models" className="font-medium text-accent hover:underline">
        {t("emptyModels")}
      </Link>
    </div>
  );
}
