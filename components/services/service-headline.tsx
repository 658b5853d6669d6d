"use client";

import { useTranslations } from "next-intl";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { serviceReason } from "./reason-text.ts";
import { isMoving, serviceTone } from "./service-state.ts";

/** State, why and since when, on one line; announced when it changes. */
export function ServiceHeadline({ service }: { service: ServiceSummary }) {
  const t = useTranslations("services");
  const reason = serviceReason(t, service);
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-table">
      <span role="status" className="flex flex-wrap items-center gap-x-2">
        <Status
          tone={serviceTone[service.state]}
          label={t(`states.${service.state}`)}
          moving={isMoving(service.state)}
          className="font-medium text-ink"
        />
        {reason ? <span>{reason}</span> : null}
      </span>
      <span className="text-faint">{t.rich("sinceTime", { time: () => <Time at={service.stateSince} past /> })}</span>
    </span>
  );
}
