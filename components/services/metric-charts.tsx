"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { Key } from "react";
import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { Card } from "#components/ui/card.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import type { ServiceMetrics } from "#lib/contracts/service-metrics.ts";
import { type Figure, figures, figureValue } from "./metric-figures.ts";

const tick = { fill: "var(--muted)", fontSize: 11 };

/** A small chart for each figure; the moment under the pointer is shown in all of them. */
export function MetricCharts({ metrics }: { metrics: ServiceMetrics }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {figures.map((figure) => (
        <FigureChart key={figure} figure={figure} metrics={metrics} />
      ))}
    </div>
  );
}

interface LonePointProps {
  key?: Key | null;
  cx?: number;
  cy?: number;
  index?: number;
  values: { value: number | null }[];
  color: string;
}

/** A moment between two gaps, which no line would show. */
function LonePoint({ cx, cy, index = 0, values, color }: LonePointProps) {
  const at = (position: number) => values[position]?.value ?? null;
  if (cx === undefined || cy === undefined || at(index) === null || at(index - 1) !== null || at(index + 1) !== null) return <g />;
  return <circle cx={cx} cy={cy} r={2.5} fill={color} />;
}

function FigureChart({ figure, metrics }: { figure: Figure; metrics: ServiceMetrics }) {
  const t = useTranslations("services");
  const format = useFormatter();
  const timeZone = useTimeZone();
  const color = figure === "errors" ? "var(--bad)" : "var(--accent)";
  const data = metrics.points.map((point) => ({ at: point.at, value: figureValue(figure, point, metrics.stepSeconds) }));
  const clock = (at: string) =>
    format.dateTime(new Date(at), { ...(metrics.range === "7d" ? { dateStyle: "short" } : { timeStyle: "short" }), timeZone });
  const exact = (at: string) => format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "short", timeZone });
  const told = (value: number) => format.number(value, { maximumFractionDigits: value < 10 ? 2 : 0 });
  // A scale of its own for hundredths would make a mountain of nothing, with marks that all read 0.
  const flat = data.every(({ value }) => value === null || value < 1);
  return (
    <Card>
      <div className="mb-3 flex items-baseline justify-between gap-3">
        <h2 className="font-semibold text-body">{t(`charts.${figure}`)}</h2>
        <span className="text-label text-muted">{t(`chartUnits.${figure}`)}</span>
      </div>
      <div className="h-44" aria-hidden>
        <ResponsiveContainer>
          <AreaChart accessibilityLayer={false} data={data} syncId="service-metrics" margin={{ top: 4, right: 4, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="at" tickFormatter={clock} tick={tick} tickLine={false} axisLine={false} minTickGap={48} />
            <YAxis
              width={44}
              tickFormatter={told}
              tick={tick}
              tickLine={false}
              axisLine={false}
              domain={[0, flat ? 1 : "auto"]}
              allowDecimals={figure !== "firstToken"}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--control)" }}
              content={({ active, payload, label }) => {
                const value = payload?.[0]?.value;
                if (!active) return null;
                return (
                  <div className="rounded-box border bg-surface px-2.5 py-1.5 text-label shadow-float">
                    <div className="text-muted">{exact(String(label))}</div>
                    <div className="tabular-nums">
                      <span className="font-medium">{typeof value === "number" ? told(value) : "–"}</span>{" "}
                      <span className="text-muted">{t(`chartUnits.${figure}`)}</span>
                    </div>
                  </div>
                );
              }}
            />
            <Area
              dataKey="value"
              type="monotone"
              stroke={color}
              strokeWidth={1.5}
              fill={color}
              fillOpacity={0.1}
              connectNulls={false}
              isAnimationActive={false}
              dot={(props) => <LonePoint {...props} values={data} color={color} />}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
    </Card>
  );
}
