"use client";

import { useFormatter, useTranslations } from "next-intl";
import { Cell, Row, Table } from "#components/ui/table.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import type { ServiceMetrics } from "#lib/contracts/service-metrics.ts";
import { type Figure, figures, figureValue } from "./metric-figures.ts";

/** The charts' values as text, newest first, for those who cannot see them or want a number. */
export function MetricsTable({ metrics }: { metrics: ServiceMetrics }) {
  const t = useTranslations("services");
  const format = useFormatter();
  const timeZone = useTimeZone();
  const title = (figure: Figure) => `${t(`charts.${figure}`)} (${t(`chartUnits.${figure}`)})`;
  const columns = [{ id: "at", label: t("moment") }, ...figures.map((figure) => ({ id: figure, label: title(figure), right: true }))];
  const told = (value: number | null) => (value === null ? "–" : format.number(value, { maximumFractionDigits: 2 }));
  return (
    <Table label={t("metrics")} columns={columns} focusable>
      {metrics.points
        .filter(({ requests }) => requests > 0)
        .toReversed()
        .map((point) => (
          <Row key={point.at}>
            <Cell>
              <time dateTime={point.at} suppressHydrationWarning className="whitespace-nowrap tabular-nums">
                {format.dateTime(new Date(point.at), { dateStyle: "short", timeStyle: "short", timeZone })}
              </time>
            </Cell>
            {figures.map((figure) => (
              <Cell key={figure} label={title(figure)} right>
                {told(figureValue(figure, point, metrics.stepSeconds))}
              </Cell>
            ))}
          </Row>
        ))}
    </Table>
  );
}
