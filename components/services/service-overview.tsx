"use client";

import { useFormatter, useTranslations } from "next-intl";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import type { ServiceDetail } from "#lib/contracts/services.ts";
import { InstanceTable } from "./instance-table.tsx";
import { isStopped } from "./lifecycle.ts";
import { ServiceFacts } from "./service-facts.tsx";
import { Timeline } from "./timeline.tsx";

interface ServiceOverviewProps {
  service: ServiceDetail;
  currency: string;
  /** When it was read, in milliseconds. */
  readAt: number;
  /** When the server last said that it still is so, in milliseconds. */
  heardAt: number;
}

export function ServiceOverview({ service, currency, readAt, heardAt }: ServiceOverviewProps) {
  const t = useTranslations("services");
  return (
    <>
      <Card>
        <CardTitle>{t("basicInformation")}</CardTitle>
        <ServiceFacts service={service} currency={currency} readAt={readAt} />
      </Card>
      <section className="flex min-w-0 flex-col gap-3">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 className="font-semibold text-body">{t("instanceList")}</h2>
          <HeardAt at={heardAt} />
        </div>
        <InstanceTable instances={service.instances} stopped={isStopped(service)} />
      </section>
      <Card>
        <CardTitle>{t("timeline")}</CardTitle>
        <Timeline events={service.events} />
      </Card>
    </>
  );
}

/** When the live parts were last heard of. The server's reading of the clock differs from the browser's, hence the suppressed warning. */
function HeardAt({ at }: { at: number }) {
  const t = useTranslations("services");
  const format = useFormatter();
  const timeZone = useTimeZone();
  return (
    <span className="text-faint text-label tabular-nums" suppressHydrationWarning>
      {t("updatedAt", { time: format.dateTime(at, { timeStyle: "medium", timeZone }) })}
    </span>
  );
}
