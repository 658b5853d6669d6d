"use client";

import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { columnSort, orderChange } from "#components/ui/sorting.ts";
import { Cell, type Column, Row, Table } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { UrlChange } from "#components/ui/url-state.ts";
import type { Locale } from "#lib/contracts/account.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { type ServiceListQuery, usualOrder } from "./list-query.ts";
import { usePrices } from "./prices.ts";
import { RowMenu, type ServiceDialogKind, TryButton } from "./service-actions.tsx";
import { ServiceStatus } from "./service-status.tsx";

interface ServiceTableProps {
  services: ServiceSummary[];
  query: ServiceListQuery;
  currency: string;
  onSort: (change: UrlChange) => void;
  onChoose: (kind: ServiceDialogKind, service: ServiceSummary) => void;
}

export function ServiceTable({ services, query, currency, onSort, onChoose }: ServiceTableProps) {
  const t = useTranslations("services");
  const sortOf = (sort: ServiceListQuery["sort"]) => columnSort(sort, query, (next) => onSort(orderChange(next, usualOrder)));
  const columns: Column[] = [
    { id: "name", label: t("name"), sort: sortOf("name") },
    { id: "status", label: t("status") },
    { id: "model", label: t("model"), sort: sortOf("model") },
    { id: "instances", label: t("instances"), right: true },
    { id: "region", label: t("region"), wide: "very" },
    { id: "price", label: t("pricePerHour"), right: true },
    { id: "created", label: t("created"), wide: true, sort: sortOf("created") },
    { id: "actions", label: t("actions"), hidden: true },
  ];
  return (
    <Table label={t("title")} columns={columns}>
      {services.map((service) => (
        <ServiceRow key={service.id} service={service} currency={currency} onChoose={(kind) => onChoose(kind, service)} />
      ))}
    </Table>
  );
}

interface ServiceRowProps {
  service: ServiceSummary;
  currency: string;
  onChoose: (kind: ServiceDialogKind) => void;
}

function ServiceRow({ service, currency, onChoose }: ServiceRowProps) {
  const t = useTranslations("services");
  const locale = useLocale() as Locale;
  return (
    <Row className="relative hover:bg-hover">
      <Cell className="max-md:pb-2">
        <Names service={service} />
      </Cell>
      <Cell label={t("status")}>
        <ServiceStatus service={service} className="max-md:items-end max-md:text-right md:min-w-40 md:max-w-64" />
      </Cell>
      <Cell label={t("model")}>
        <Model service={service} />
      </Cell>
      <Cell label={t("instances")} right>
        {service.readyInstances}/{service.wantedInstances}
      </Cell>
      <Cell label={t("region")} wide="very" className="whitespace-nowrap">
        {service.region.label[locale]}
      </Cell>
      <Cell label={t("pricePerHour")} right>
        <Price service={service} currency={currency} />
      </Cell>
      <Cell label={t("created")} wide className="md:min-w-30 md:[&_time]:whitespace-normal">
        <Time at={service.createdAt} past />
      </Cell>
      <Cell className="bg-inherit max-md:pt-3 md:sticky md:right-0 md:z-10 md:max-xl:border-l">
        <div className="flex items-center justify-end gap-1 max-md:relative max-md:z-10 max-md:w-full max-md:justify-between">
          <TryButton service={service} size="small" />
          <RowMenu service={service} onChoose={onChoose} />
        </div>
      </Cell>
    </Row>
  );
}

/** The name's link covers the whole row, so that a click anywhere and Enter open it; what else can be pressed lies above it. */
function Names({ service }: { service: ServiceSummary }) {
  const t = useTranslations("services");
  return (
    <div className="flex min-w-0 flex-col md:max-w-64">
      <Link
        href={`/services/${service.id}`}
        className="truncate font-medium text-body text-ink after:absolute after:inset-0 after:rounded-[inherit] focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
      >
        {service.name}
      </Link>
      <span className="flex min-w-0 items-center gap-0.5 text-muted">
        <span className="truncate font-mono text-code" title={service.accessName}>
          {service.accessName}
        </span>
        <CopyButton text={service.accessName} label={t("accessName")} className="relative z-10 size-7 md:size-6" />
      </span>
    </div>
  );
}

function Model({ service }: { service: ServiceSummary }) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  return (
    <div className="flex min-w-0 flex-col whitespace-nowrap max-md:items-end">
      <span className="flex items-center gap-1.5">
        {service.model.name}
        {service.model.demo ? <Badge className="md:max-2xl:hidden">{common("demoModel")}</Badge> : null}
      </span>
      <span className="text-label text-muted">{t(`kinds.${service.model.kind}`)}</span>
    </div>
  );
}

/** What all wanted instances cost in an hour, over how that is billed. */
function Price({ service, currency }: { service: ServiceSummary; currency: string }) {
  const t = useTranslations("services");
  const prices = usePrices(currency);
  const { billing, hourNano, wantedInstances } = service;
  return (
    <div className="flex flex-col items-end whitespace-nowrap">
      <span>{billing === "token" || hourNano === null ? "–" : prices.many(hourNano, wantedInstances)}</span>
      <span className="text-label text-muted">{t(billing === "instance" ? "byInstanceShort" : "byToken")}</span>
    </div>
  );
}
