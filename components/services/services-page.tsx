"use client";

import { Plus, RotateCw } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { EmptyState, ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { readListQuery, type ServiceListQuery } from "./list-query.ts";
import { type ServiceListPage, useServices } from "./requests.ts";
import { ScaleDialog } from "./scale-dialog.tsx";
import type { ServiceDialogKind } from "./service-actions.tsx";
import { ServiceFilters } from "./service-filters.tsx";
import { ServiceTable } from "./service-table.tsx";
import { StopDialog } from "./stop-dialog.tsx";

interface ServicesPageProps {
  /** What the server has read for `firstQuery`. */
  first: ServiceListPage;
  firstQuery: ServiceListQuery;
  currency: string;
}

export function ServicesPage({ first, firstQuery, currency }: ServicesPageProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const [params, setParams] = useUrlState();
  const query = readListQuery(params);
  const services = useServices(query, first, firstQuery);
  const [dialog, setDialog] = useState<{ kind: ServiceDialogKind; service: ServiceSummary } | null>(null);
  const close = () => setDialog(null);
  const pages = services.data ? Math.max(1, Math.ceil(services.data.total / query.pageSize)) : query.page;
  // The last row of the last page may go while one looks.
  useEffect(() => {
    if (query.page > pages) setParams({ page: pages > 1 ? String(pages) : null });
  }, [query.page, pages, setParams]);
  return (
    <Page wide title={t("title")} description={t("description")} action={<DeployLink />}>
      <div className="flex flex-wrap items-center gap-2">
        <ServiceFilters query={query} onChange={(change) => setParams({ ...change, page: null })} />
        <span className="flex-1" />
        <Button size="icon" aria-label={common("refresh")} title={common("refresh")} onClick={() => services.refetch()}>
          <RotateCw strokeWidth={1.75} aria-hidden className={cn(services.isFetching && "animate-spin")} />
        </Button>
      </div>
      <Results
        services={services}
        currency={currency}
        filtered={query.search !== "" || query.state !== undefined}
        onClear={() => setParams({ search: null, state: null, page: null })}
        onChoose={(kind, service) => setDialog({ kind, service })}
      />
      {services.data && services.data.total > 0 ? (
        <Pager
          page={query.page}
          pageSize={query.pageSize}
          total={services.data.total}
          onPage={(page) => setParams({ page: page > 1 ? String(page) : null })}
        />
      ) : null}
      {dialog?.kind === "scale" ? <ScaleDialog service={dialog.service} currency={currency} onClose={close} /> : null}
      {dialog?.kind === "stop" ? <StopDialog service={dialog.service} onClose={close} /> : null}
      {dialog?.kind === "delete" ? <DeleteDialog service={dialog.service} onClose={close} /> : null}
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
  currency: string;
  filtered: boolean;
  onClear: () => void;
  onChoose: (kind: ServiceDialogKind, service: ServiceSummary) => void;
}

function Results({ services, currency, filtered, onClear, onChoose }: ResultsProps) {
  const t = useTranslations("services");
  const message = useErrorMessage();
  const { data, error } = services;
  if (!data) {
    if (!error) return <Skeleton className="h-64" />;
    const requestId = error instanceof ApiError ? error.requestId : null;
    return <ErrorState message={message(error)} requestId={requestId} onRetry={() => services.refetch()} />;
  }
  return (
    <>
      {error ? (
        <p role="alert" className="text-bad text-table">
          {t("updateFailed", { message: message(error) })}
        </p>
      ) : null}
      {data.items.length > 0 ? <ServiceTable services={data.items} currency={currency} onChoose={onChoose} /> : null}
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
