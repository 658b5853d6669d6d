"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { api } from "#components/ui/api.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState, ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { spaced } from "#components/ui/spaced.ts";
import { Cell, Row, Table } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import { type BillingIntervalView, serviceBilling } from "#lib/contracts/services.ts";
import { usePrices } from "./prices.ts";

const refreshMs = 5_000;
const pageSize = 20;

/** What the service's instances have cost: each line is quantity × price version = amount. */
export function BillingTab({ serviceId, currency }: { serviceId: string; currency: string }) {
  const t = useTranslations("services");
  const prices = usePrices(currency);
  const [params, setParams] = useUrlState();
  const page = Math.max(1, Number(params.get("page")) || 1);
  const { data, error, refetch } = useQuery({
    queryKey: ["services", "billing", serviceId, page],
    queryFn: ({ signal }) => api({ path: `/api/services/${serviceId}/billing`, query: { page, pageSize }, schema: serviceBilling, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.openIntervals ?? 0) > 0 && refreshMs,
  });
  if (!data && error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Loading className="h-64" />;
  const stale = error ? <UpdateFailed error={error} onRetry={refetch} /> : null;
  if (data.total === 0) return stale ?? <EmptyState title={t("billingEmpty")} />;
  return (
    <section className="flex min-w-0 flex-col gap-3">
      {stale}
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="flex flex-col gap-1">
          <span className="text-label text-muted">{t("costSoFar")}</span>
          <span className="font-semibold text-[28px] tabular-nums leading-[34px]">{prices.one(data.costNano)}</span>
        </div>
        <p className="max-w-md text-label text-muted">{t("billingNote")}</p>
      </div>
      <Intervals intervals={data.items} currency={currency} />
      <Pager page={page} pageSize={pageSize} total={data.total} onPage={(next) => setParams({ page: next > 1 ? String(next) : null })} />
    </section>
  );
}

function Intervals({ intervals, currency }: { intervals: BillingIntervalView[]; currency: string }) {
  const t = useTranslations("services");
  const columns = [
    { id: "instance", label: t("instanceId") },
    { id: "from", label: t("intervalStarted") },
    { id: "to", label: t("intervalEnded") },
    { id: "seconds", label: t("intervalSeconds"), right: true },
    { id: "price", label: t("intervalPrice"), right: true },
    { id: "cost", label: t("intervalCost"), right: true },
  ];
  return (
    <Table label={t("billingTab")} columns={columns}>
      {intervals.map((interval) => (
        <Interval key={interval.id} interval={interval} currency={currency} />
      ))}
    </Table>
  );
}

function Interval({ interval, currency }: { interval: BillingIntervalView; currency: string }) {
  const t = useTranslations("services");
  const format = useFormatter();
  const prices = usePrices(currency);
  const { instanceId, instanceType, startedAt, endedAt, endReason, seconds, hourNano, waived, costNano } = interval;
  return (
    <Row>
      <Cell>
        <span className="flex min-w-0 flex-col">
          <span className="flex min-w-0 items-center gap-0.5">
            <span className="truncate font-mono text-code">{instanceId}</span>
            <CopyButton text={instanceId} label={t("instanceId")} className="size-7 md:size-6" />
          </span>
          <span className="text-label text-muted">{instanceType}</span>
        </span>
      </Cell>
      <Cell label={t("intervalStarted")}>
        <Time at={startedAt} past />
      </Cell>
      <Cell label={t("intervalEnded")}>
        <span className="flex flex-col max-md:items-end">
          {endedAt === null ? t("intervalOpen") : <Time at={endedAt} past />}
          {endReason ? <span className="text-label text-muted">{t(`endReasons.${endReason}`)}</span> : null}
        </span>
      </Cell>
      <Cell label={t("intervalSeconds")} right>
        {spaced(format.number(seconds, { style: "unit", unit: "second" }))}
      </Cell>
      <Cell label={t("intervalPrice")} right>
        {prices.one(hourNano)}
      </Cell>
      <Cell label={t("intervalCost")} right>
        <span className="flex flex-col items-end">
          {prices.one(costNano)}
          {waived ? <span className="text-label text-muted">{t("intervalWaived")}</span> : null}
        </span>
      </Cell>
    </Row>
  );
}
