"use client";

import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";
import { Status } from "#components/ui/status.tsx";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { serviceReason } from "./reason-text.ts";
import { isMoving, serviceTone } from "./service-state.ts";

/** State as dot and word, and under it why, where it is neither running nor stopped. */
export function ServiceStatus({ service, className }: { service: ServiceSummary; className?: string }) {
  const t = useTranslations("services");
  const reason = serviceReason(t, service);
  return (
    <div className={cn("flex min-w-0 flex-col gap-0.5", className)}>
      <Status tone={serviceTone[service.state]} label={t(`states.${service.state}`)} moving={isMoving(service.state)} />
      {reason ? (
        <span title={reason} className="text-pretty text-label text-muted md:line-clamp-4">
          {reason}
        </span>
      ) : null}
    </div>
  );
}
