"use client";

import { FlaskConical, LoaderCircle, type LucideIcon, RotateCw, Scaling, Trash2, WalletMinimal } from "lucide-react";
import { useTranslations } from "next-intl";
import { Tabs } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { useHeardAt } from "#components/ui/live/use-live.ts";
import { Page } from "#components/ui/page.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ServiceDetail } from "#lib/contracts/services.ts";
import { BillingTab } from "./billing-tab.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { DownloadProgress } from "./download-progress.tsx";
import { canRetry } from "./lifecycle.ts";
import { LogsTab } from "./logs-tab.tsx";
import { MetricsTab } from "./metrics-tab.tsx";
import { isGone, useService } from "./requests.ts";
import { RetryDialog } from "./retry-dialog.tsx";
import { ScaleDialog } from "./scale-dialog.tsx";
import { isEnding, type ServiceDialogKind, StopOrStartButton, TryButton } from "./service-actions.tsx";
import { ServiceGone } from "./service-gone.tsx";
import { ServiceHeadline } from "./service-headline.tsx";
import { ServiceOverview } from "./service-overview.tsx";
import { StopDialog } from "./stop-dialog.tsx";

const tabs = ["overview", "logs", "metrics", "billing", "api"] as const;
type TabName = (typeof tabs)[number];

interface ServicePageProps {
  first: ServiceDetail;
  currency: string;
  /** Authentication rules and call examples, with this service's endpoint and access name. */
  api: ReactNode;
}

/** One service: what it is, how to call it, its instances and what happened to it. */
export function ServicePage({ first, currency, api }: ServicePageProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const { data: service, error, refetch, dataUpdatedAt } = useService(first);
  const heardAt = useHeardAt(dataUpdatedAt);
  const [dialog, setDialog] = useState<ServiceDialogKind | null>(null);
  const close = () => setDialog(null);
  if (isGone(error) || service.state === "deleted") return <ServiceGone name={service.name} />;
  return (
    <Page
      back={{ href: "/services", label: t("title") }}
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 break-all">{service.name}</span>
          {service.model.demo ? <Badge className="font-medium">{common("demoModel")}</Badge> : null}
        </span>
      }
      description={<ServiceHeadline service={service} />}
      action={<Actions service={service} onChoose={setDialog} />}
    >
      {error ? <UpdateFailed error={error} onRetry={refetch} /> : null}
      {service.state === "deleting" ? <Deleting service={service} /> : null}
      {service.suspendedAt ? <Notice icon={WalletMinimal}>{t("suspendedNotice")}</Notice> : null}
      <DownloadProgress service={service} />
      {service.model.demo ? <Notice icon={FlaskConical}>{t("demoNotice", { model: service.model.name })}</Notice> : null}
      <Pages
        overview={
          <ServiceOverview service={service} currency={currency} readAt={dataUpdatedAt} heardAt={error ? dataUpdatedAt : heardAt} />
        }
        logs={<LogsTab serviceId={service.id} />}
        metrics={<MetricsTab serviceId={service.id} />}
        billing={service.billing === "instance" ? <BillingTab serviceId={service.id} currency={currency} /> : null}
        api={api}
      />
      {dialog === "scale" ? <ScaleDialog service={service} currency={currency} onClose={close} /> : null}
      {dialog === "stop" ? <StopDialog service={service} onClose={close} /> : null}
      {dialog === "retry" ? <RetryDialog service={service} currency={currency} onClose={close} /> : null}
      {dialog === "delete" ? <DeleteDialog service={service} onClose={close} /> : null}
    </Page>
  );
}

function Pages(contents: Record<TabName, ReactNode>) {
  const t = useTranslations("services");
  const [params, setParams] = useUrlState();
  const labels: Record<TabName, string> = {
    overview: t("overview"),
    logs: t("logs"),
    metrics: t("metrics"),
    billing: t("billingTab"),
    api: t("api"),
  };
  const shown = tabs.filter((name) => contents[name] !== null);
  const tab = shown.find((name) => name === params.get("tab")) ?? "overview";
  const open = (next: string) => setParams({ tab: next === "overview" ? null : next, page: null, run: null, instance: null });
  return (
    <Tabs.Root value={tab} onValueChange={open} className="flex flex-col gap-5">
      <div className="-mx-4 overflow-x-auto px-4 [scrollbar-width:none] md:mx-0 md:px-0">
        <Tabs.List aria-label={t("tabs")} className="flex w-max min-w-full gap-5 border-b">
          {shown.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-9 scroll-mx-4 whitespace-nowrap border-transparent border-b-2 font-medium text-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
            >
              {labels[name]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
      </div>
      {shown.map((name) => (
        <Tabs.Content key={name} value={name} tabIndex={-1} className="flex min-w-0 flex-col gap-5">
          {contents[name]}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Actions({ service, onChoose }: { service: ServiceDetail; onChoose: (kind: ServiceDialogKind) => void }) {
  const t = useTranslations("services");
  const ending = isEnding(service);
  return (
    <>
      {canRetry(service) ? (
        <Button variant="primary" onClick={() => onChoose("retry")}>
          <RotateCw strokeWidth={1.75} aria-hidden />
          {t("retry")}
        </Button>
      ) : null}
      <TryButton service={service} />
      <StopOrStartButton service={service} onStop={() => onChoose("stop")} />
      <Button disabled={ending} onClick={() => onChoose("scale")}>
        <Scaling strokeWidth={1.75} aria-hidden />
        {t("scale")}
      </Button>
      <Button disabled={ending} onClick={() => onChoose("delete")} className="text-bad">
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("delete")}
      </Button>
    </>
  );
}

function Deleting({ service }: { service: ServiceDetail }) {
  const t = useTranslations("services");
  return (
    <Notice icon={LoaderCircle}>
      {t("twoSentences", { first: t("deletingNotice"), second: t("instancesLeft", { count: service.instances.length }) })}
    </Notice>
  );
}

function Notice({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <p className="flex gap-2.5 rounded-box border bg-surface px-4 py-3 text-table">
      <Icon className={cn("mt-px size-4 shrink-0 text-muted", Icon === LoaderCircle && "animate-spin")} strokeWidth={1.75} aria-hidden />
      <span role="status" className="text-pretty">
        {children}
      </span>
    </p>
  );
}
