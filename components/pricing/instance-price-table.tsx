"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import { Cell, Row } from "#components/ui/table.tsx";
import type { Locale } from "#lib/contracts/account.ts";
import type { InstancePriceRow } from "#lib/contracts/pricing.ts";
import { formatMoney, hourlyNano } from "#lib/money/format.ts";
import { Amount, PriceTable } from "./price-table.tsx";
import { Since } from "./since.tsx";

const dayHours = 24;
const gibibyte = 1024 ** 3;

/** What an instance of each type costs, by region. */
export function InstancePriceTable({ rows, currency }: { rows: InstancePriceRow[]; currency: string }) {
  const t = useTranslations("pricing");
  const columns = [
    { id: "type", label: t("instanceType") },
    { id: "region", label: t("region") },
    { id: "cpu", label: t("cpu"), right: true },
    { id: "memory", label: t("memory"), right: true },
    { id: "gpu", label: t("gpu") },
    { id: "price", label: t("price"), right: true },
    { id: "since", label: t("since") },
  ];
  return (
    <PriceTable id="instance-prices" title={t("instances")} note={t("instancesNote")} columns={columns}>
      {rows.map((row) => (
        <Price key={row.id} row={row} currency={currency} />
      ))}
    </PriceTable>
  );
}

function Price({ row, currency }: { row: InstancePriceRow; currency: string }) {
  const t = useTranslations("pricing");
  const format = useFormatter();
  const locale = useLocale() as Locale;
  const style = { currency, locale };
  const hour = BigInt(row.hourNano);
  return (
    <Row>
      <Cell>
        <span className="whitespace-nowrap font-medium text-body">{row.name}</span>
      </Cell>
      <Cell label={t("region")}>
        <span className="flex flex-col max-md:items-end">
          <span>{row.region.label[locale]}</span>
          <span className="font-mono text-code text-muted">{row.region.name}</span>
        </span>
      </Cell>
      <Cell label={t("cpu")} right>
        {format.number(row.cpuMilli / 1_000)}
      </Cell>
      <Cell label={t("memory")} right>
        {t("gib", { size: format.number(Number(row.memoryBytes) / gibibyte, { maximumFractionDigits: 1 }) })}
      </Cell>
      <Cell label={t("gpu")}>{row.gpuModel ? t("gpus", { count: row.gpuCount, model: row.gpuModel }) : t("noGpu")}</Cell>
      <Cell label={t("price")} right>
        <Amount small={t("perDay", { price: formatMoney(hourlyNano(hour, dayHours), style) })}>
          {t("perHour", { price: formatMoney(hour, style) })}
        </Amount>
      </Cell>
      <Cell label={t("since")}>
        <Since effectiveFrom={row.effectiveFrom} changesAt={row.changesAt} />
      </Cell>
    </Row>
  );
}
