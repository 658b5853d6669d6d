"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChartLine, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState, ErrorState, Loading, Skeleton, UpdateFailed } from "#components/ui/feedback.tsx";
import { NativeSelect } from "#components/ui/field.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import { type MetricRange, metricRanges, serviceMetrics } from "#lib/contracts/service-metrics.ts";
import { MetricsTable } from "./metrics-table.tsx";

const refreshMs = 10_000;
const ranges = Object.keys(metricRanges) as MetricRange[];
/** Charts are heavy, and most visits to a service's page look at something else. */
const MetricCharts = dynamic(() => import("./metric-charts.tsx").then((module) => module.MetricCharts), {
  loading: () => <Skeleton className="h-96" />,
});

/** What the service's calls came to over time. */
export function MetricsTab({ serviceId }: { serviceId: string }) {
  const t = useTranslations("services");
  const [params, setParams] = useUrlState();
  const [asTable, setAsTable] = useState(false);
  const range = ranges.find((name) => name === params.get("range")) ?? "1h";
  const { data, error, refetch } = useQuery({
    queryKey: ["services", "metrics", serviceId, range],
    queryFn: ({ signal }) => api({ path: `/api/services/${serviceId}/metrics`, query: { range }, schema: serviceMetrics, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  if (!data && error) return <ErrorState error={error} onRetry={refetch} />;
  const isEmpty = data?.points.every(({ requests }) => requests === 0);
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <div className="flex items-center justify-between gap-3">
        <NativeSelect
          aria-label={t("metricsRange")}
          className="w-44"
          value={range}
          onChange={(event) => setParams({ range: event.target.value === "1h" ? null : event.target.value })}
        >
          {ranges.map((name) => (
            <option key={name} value={name}>
              {t(`ranges.${name}`)}
            </option>
          ))}
        </NativeSelect>
        <Button variant="ghost" onClick={() => setAsTable(!asTable)} disabled={isEmpty}>
          {asTable ? <ChartLine strokeWidth={1.75} aria-hidden /> : <Table2 strokeWidth={1.75} aria-hidden />}
          {t(asTable ? "asChart" : "asTable")}
        </Button>
      </div>
      {error ? <UpdateFailed error={error} onRetry={refetch} /> : null}
      {data ? null : <Loading className="h-96" />}
      {data && isEmpty ? <EmptyState title={t("metricsEmpty")} /> : null}
      {data && !isEmpty ? asTable ? <MetricsTable metrics={data} /> : <MetricCharts metrics={data} /> : null}
    </section>
  );
}
